"""What a page does wrong, as a person with bad sight, a keyboard or a small phone would notice it.

axe-core takes joined Arabic letters for icon ligatures and then skips contrast: a page of #aaa on white
passes. A zero-width space after every text makes it look; how many texts it judged is counted.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
SMALLEST_TARGET = 44

_SEPARATE_LETTERS = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) found.push(texts.currentNode);
  for (const text of found)
    if (text.data.trim() && !text.data.endsWith('\\u200b') && !text.parentElement.closest('script, style, textarea'))
      text.data += '\\u200b';
}"""
_RUN = """async (tags) => {
  const result = await axe.run(document, {runOnly: {type: 'tag', values: tags}});
  const judged = [...result.passes, ...result.violations].filter(rule => rule.id === 'color-contrast');
  return {
    violations: result.violations.map(rule => rule.id + ': ' + rule.nodes.slice(0, 3).map(
      node => node.target.join(' ') + ' (' + (node.any[0] || node.all[0] || node.none[0] || {message: ''}).message + ')'
    ).join('; ')),
    judged: judged.reduce((count, rule) => count + rule.nodes.length, 0),
  };
}"""
_TOO_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const scrolls = element => { for (let up = element.parentElement; up; up = up.parentElement)
    if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(up).overflowX)) return true; return false; };
  return [...document.body.querySelectorAll('*')].filter(element => {
    const box = element.getBoundingClientRect();
    return (box.right > root.clientWidth + 1 || box.left < -1) && box.width > 1 && !scrolls(element);
  }).slice(0, 4).map(element => `${element.tagName}.${element.className} in ${element.parentElement.className}`);
}"""
_SMALL_TARGETS = """(least) => [
  ...document.querySelectorAll('a[href], button, input, select, textarea, summary')
].filter(
  element => element.type !== 'hidden' && element.checkVisibility() && !element.classList.contains('skip')
).map(element => {
  const own = ['radio', 'checkbox'].includes(element.type) ? element.closest('label') : element;
  return [element, own ? own.getBoundingClientRect() : {width: 0, height: 0}];
}).filter(([element, box]) => {
  const text = element.parentElement.textContent.trim();
  const isInSentence = ['A', 'BUTTON'].includes(element.tagName) && getComputedStyle(element).display === 'inline'
    && text.length > element.textContent.trim().length;
  return !isInSentence && (box.height < least - .5 || box.width < least - .5);
}).map(([element, box]) => `${element.tagName} “${(element.textContent || element.name).trim().slice(0, 30)}” `
  + `${Math.round(box.width)}×${Math.round(box.height)}`)"""
_RING = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const name = `${element.tagName} ${element.id || element.name || element.textContent.trim().slice(0, 30)}`;
  const box = element.getBoundingClientRect();
  const isSeen = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  let ring = 0;
  for (let around = element, steps = 0; around && steps < 3; around = around.parentElement, steps++) {
    const style = getComputedStyle(around);
    if (style.outlineStyle !== 'none') ring = Math.max(ring, parseFloat(style.outlineWidth));
  }
  return {name, isSeen, ring};
}"""


@cache
def _source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA; a page on which it judged no contrast at all counts as one.

    Changes the page: run it last.
    """
    page.evaluate(_SEPARATE_LETTERS)
    # Not a script element: the page's Content-Security-Policy rightly refuses one.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    result = page.evaluate(_RUN, list(TAGS))
    return result["violations"] + ([] if result["judged"] else ["axe judged no contrast"])


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    return [f"wider than the screen: {name}" for name in page.evaluate(_TOO_WIDE)]


def small_targets(page: Page) -> list[str]:
    """What a thumb would miss; links inside a sentence are left out."""
    return [f"small target: {name}" for name in page.evaluate(_SMALL_TARGETS, SMALLEST_TARGET)]


def faint_stops(page: Page, most: int = 40) -> list[str]:
    """Tab stops without a ring of at least 2 px, or out of sight; empty when there was no stop at all."""
    found: list[str] = []
    seen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(_RING)
        if stop is None or stop["name"] in seen[:1]:
            break
        seen.append(stop["name"])
        if not stop["isSeen"]:
            found.append(f"tab stop out of sight: {stop['name']}")
        if stop["ring"] < 2:
            found.append(f"tab stop without a ring: {stop['name']}")
    return found if seen else ["no tab stops"]
