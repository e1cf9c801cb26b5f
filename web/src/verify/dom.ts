// SPDX-License-Identifier: Apache-2.0
/* Elements from words: text only, nothing becomes markup. */

export type Child = Node | string | null | false;

type Given = Partial<Record<string, string | boolean | ((event: never) => void)>>;

export function el<Name extends keyof HTMLElementTagNameMap>(name: Name, given: Given = {}, ...children: Child[]):
HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (typeof value === 'function') element.addEventListener(key, value as EventListener);
    else if (typeof value === 'string') element.setAttribute(key, value);
    else if (value) element.setAttribute(key, '');
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== false));
  return element;
}

/* One sign of each verdict, drawn: colour alone does not tell everybody. */
export function sign(path: string): SVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const line = document.createElementNS(space, 'path');
  svg.setAttribute('viewBox', '0 0 48 48');
  svg.setAttribute('aria-hidden', 'true');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}
