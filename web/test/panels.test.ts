// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onPhoneBar, panelOf, Panels, type Panel } from '../src/panels';

/* A window's history: entries, where we are, and a way back that comes when it is told to. */
function place(hash = '') {
  const entries = [{ state: null as unknown, hash }];
  let at = 0;
  let isPending = false;
  const hashOf = (url: string) => (url.includes('#') ? url.slice(url.indexOf('#')) : '');
  return {
    entries,
    location: { pathname: '/j/x', search: '', get hash() { return entries[at]!.hash; } },
    history: {
      get state() { return entries[at]!.state; },
      pushState(state: unknown, _title: string, url: string) {
        entries.splice(++at, entries.length, { state, hash: hashOf(url) });
      },
      replaceState(state: unknown, _title: string, url: string) {
        entries[at] = { state, hash: hashOf(url) };
      },
      back() { isPending = true; },
    },
    goBack(panels: Panels) {
      isPending = false;
      at = Math.max(0, at - 1);
      panels.popped();
    },
    get isPending() { return isPending; },
  };
}

const all = new Set<Panel>(['exhibits', 'mediation', 'ballot', 'minutes']);
const none = new Set<Panel>();
const decision = { key: 'decision.1', panel: 'mediation' } as const;

test('only our own names are panels', () => {
  assert.equal(panelOf('#exhibits'), 'exhibits');
  assert.equal(panelOf('#main'), '');
  assert.equal(panelOf(''), '');
});

test('at a desk one takes the place of the other, and nothing is stepped back through', () => {
  const window = place();
  const panels = new Panels(window, () => false);
  panels.toggle('exhibits');
  assert.equal(window.location.hash, '#exhibits');
  panels.toggle('ballot');
  assert.equal(panels.open, 'ballot');
  assert.equal(window.location.hash, '#ballot');
  panels.toggle('ballot');
  assert.equal(panels.open, '');
  assert.equal(window.location.hash, '');
  assert.equal(window.entries.length, 1);
  assert.equal(window.isPending, false);
});

test('on a phone the button back closes it, and closing it leaves no step behind', () => {
  const window = place();
  const panels = new Panels(window, () => true);
  panels.toggle('exhibits');
  panels.toggle('mediation');
  assert.equal(window.entries.length, 2);
  window.goBack(panels);
  assert.equal(panels.open, '');
  panels.toggle('exhibits');
  panels.close();
  assert.equal(window.isPending, true);
  window.goBack(panels);
  assert.equal(window.location.hash, '');
  assert.equal(panels.open, '');
});

test('opened again while the way back is under way: it stays open', () => {
  const window = place();
  const panels = new Panels(window, () => true);
  panels.toggle('exhibits');
  panels.close();
  panels.toggle('ballot');
  window.goBack(panels);
  assert.equal(panels.open, 'ballot');
  assert.equal(window.location.hash, '#ballot');
});

test('a reason opens its panel once, and again when it comes back', () => {
  const panels = new Panels(place(), () => false);
  panels.follow(all, []);
  panels.follow(all, [decision]);
  assert.equal(panels.open, 'mediation');
  assert.equal(panels.isByHand, false);
  panels.close();
  panels.follow(all, [decision]);
  assert.equal(panels.open, '');
  panels.follow(all, []);
  panels.follow(all, [decision]);
  assert.equal(panels.open, 'mediation');
});

test('on a phone what opened by itself closes when nothing is left to decide; by hand it stays', () => {
  const panels = new Panels(place(), () => true);
  panels.follow(all, []);
  panels.follow(all, [decision]);
  panels.follow(all, [{ key: 'decision.2', panel: 'mediation' }]);
  assert.equal(panels.open, 'mediation');
  panels.follow(all, []);
  assert.equal(panels.open, '');
  const desk = new Panels(place(), () => false);
  desk.follow(all, [decision]);
  desk.follow(all, []);
  assert.equal(desk.open, 'mediation');
  const hand = new Panels(place(), () => true);
  hand.toggle('mediation');
  hand.follow(all, []);
  assert.equal(hand.open, 'mediation');
});

test('after a reload the address says what is open, not the reasons that were known', () => {
  const panels = new Panels(place('#exhibits'), () => false);
  panels.follow(none, [decision]); // nothing is loaded yet
  assert.equal(panels.open, 'exhibits');
  assert.equal(panels.shown(none), '');
  panels.follow(all, [decision]);
  assert.equal(panels.shown(all), 'exhibits');
});

test('what is not to be had any more closes', () => {
  const window = place();
  const panels = new Panels(window, () => false);
  panels.toggle('ballot');
  panels.follow(all, []);
  panels.follow(new Set<Panel>(['exhibits']), []);
  assert.equal(panels.open, '');
  assert.equal(window.location.hash, '');
});

test('a phone has room for the one panel in which a decision may wait', () => {
  assert.equal(onPhoneBar(all), 'mediation');
  assert.equal(onPhoneBar(new Set<Panel>(['exhibits', 'ballot'])), 'ballot');
  assert.equal(onPhoneBar(new Set<Panel>(['minutes', 'exhibits'])), 'exhibits');
  assert.equal(onPhoneBar(none), '');
});

test('whoever leaves the room takes no panel along', () => {
  const window = place('#exhibits');
  new Panels(window, () => false).leave();
  assert.equal(window.location.hash, '');
});
