// SPDX-License-Identifier: Apache-2.0
/* Plain addresses that can be bookmarked. parse() is pure; go() and onRoute() touch the page. */

export type Route =
  | { page: 'link'; token: string }
  | { page: 'login'; next: string }
  | { page: 'hearings' }
  | { page: 'hearing'; id: string }
  | { page: 'cases' }
  | { page: 'newCase' }
  | { page: 'case'; id: string; selected: string }
  | { page: 'schedule'; id: string }
  | { page: 'recordings' }
  | { page: 'recording'; id: string }
  | { page: 'pair'; ids: [string, string] }
  | { page: 'keeping' }
  | { page: 'duty' }
  | { page: 'unknown' };

/* Only our own paths may be a target after login: never another site. */
export function safeNext(next: string | null): string {
  return next && /^\/[A-Za-z0-9]/.test(next) ? next : '/hearings';
}

function parseCase(parts: string[], query: URLSearchParams): Route {
  const id = parts[1] ?? '';
  if (parts.length === 1) return { page: 'cases' };
  if (parts.length === 2 && id === 'new') return { page: 'newCase' };
  if (parts.length === 2) return { page: 'case', id, selected: query.get('show') ?? '' };
  if (parts.length === 3 && parts[2] === 'schedule') return { page: 'schedule', id };
  return { page: 'unknown' };
}

export function parse(path: string, search = ''): Route {
  let parts: string[];
  try {
    parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return { page: 'unknown' };
  }
  const query = new URLSearchParams(search);
  const [head, id] = parts;
  if (head === undefined) return { page: 'hearings' };
  if (head === 'cases') return parseCase(parts, query);
  if (head === 'login' && parts.length === 1)
    return { page: 'login', next: safeNext(query.get('next')) };
  if (head === 'hearings' && parts.length === 1) return { page: 'hearings' };
  if (head === 'hearings' && parts.length === 2 && id === 'new') return { page: 'schedule', id: '' };
  if (head === 'recordings' && parts.length === 1) return { page: 'recordings' };
  if (head === 'recordings' && parts.length === 4 && parts[2] === 'with')
    return { page: 'pair', ids: [id ?? '', parts[3] ?? ''] };
  if (head === 'keeping' && parts.length === 1) return { page: 'keeping' };
  if (head === 'duty' && parts.length === 1) return { page: 'duty' };
  if (parts.length !== 2 || id === undefined) return { page: 'unknown' };
  if (head === 'j') return { page: 'link', token: id };
  if (head === 'hearings') return { page: 'hearing', id };
  if (head === 'recordings') return { page: 'recording', id };
  return { page: 'unknown' };
}

export function go(path: string, replace = false): void {
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  dispatchEvent(new PopStateEvent('popstate'));
}

/* Follow own links without loading the page again; leaves all others to the browser. */
export function onRoute(changed: (route: Route) => void): () => void {
  let page = '';
  let { hash } = location;
  const tell = () => {
    const here = location.pathname + location.search;
    /* A panel of the room stands behind the #: the page is the same. */
    const isSame = here === page && location.hash !== hash;
    page = here;
    hash = location.hash;
    if (!isSame) changed(parse(location.pathname, location.search));
  };
  const click = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find(
      (node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement);
    if (!link || link.target || link.origin !== location.origin || !link.hasAttribute('href'))
      return;
    if (link.hasAttribute('download') || link.pathname.startsWith('/api/')) return;
    event.preventDefault();
    go(link.pathname + link.search);
  };
  addEventListener('popstate', tell);
  document.addEventListener('click', click);
  tell();
  return () => {
    removeEventListener('popstate', tell);
    document.removeEventListener('click', click);
  };
}
