"""Runs axe: no violation, and what it leaves to people only where somebody has looked."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from kb.web.accessibility import CHECKER_TAGS

REVIEWED = json.loads(Path(__file__).with_name("axe_reviewed.json").read_text(encoding="utf-8"))
"""Entries of rule, selector (of the element or one around it) and the reason why it is fine."""

_RUN = """([tags, skipped, reviewed]) => axe.run(document, {
    runOnly: {type: 'tag', values: tags},
    resultTypes: ['violations', 'incomplete'],
    rules: Object.fromEntries(skipped.map(rule => [rule, {enabled: false}])),
  }).then(found => {
    const used = [];
    const isReviewed = (rule, node) => {
      const element = document.querySelector(node.target[0]);
      const entry = reviewed.findIndex(e => e.rule === rule && element?.closest(e.selector));
      if (entry >= 0) used.push(entry);
      return entry >= 0;
    };
    const describe = (v, nodes) => v.id + ': ' + nodes.map(n => n.target.join(' ')).join(', ');
    const open = found.incomplete
      .map(v => [v, v.nodes.filter(n => !isReviewed(v.id, n))]).filter(([, nodes]) => nodes.length);
    return {
      problems: [...found.violations.map(v => describe(v, v.nodes)),
                 ...open.map(([v, nodes]) => 'to review: ' + describe(v, nodes))],
      used: [...new Set(used)],
      version: found.testEngine.name + ' ' + found.testEngine.version,
    };
  })"""


def run_axe(page: Page, axe_script: str, *skipped: str) -> dict[str, Any]:
    """Problems, which reviewed entries were met, and the version of the checker."""
    page.evaluate(axe_script)
    return page.evaluate(_RUN, [list(CHECKER_TAGS), list(skipped), REVIEWED])


def list_problems(page: Page, axe_script: str, *skipped: str) -> list[str]:
    """What axe finds, the findings that it leaves to people and nobody has looked at included."""
    return run_axe(page, axe_script, *skipped)["problems"]
