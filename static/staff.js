// Keys for the list of topics. They work only while the table has the focus, so that nobody
// who dictates or types elsewhere sets them off (WCAG 2.1.4).

/** J and K move from row to row, X ticks a row; Enter follows its link as ever. */
function initRowKeys(table) {
  const rows = [...table.querySelectorAll("tbody tr")];
  const links = rows.map((row) => row.querySelector("th a"));

  function current() {
    return rows.findIndex((row) => row.contains(document.activeElement));
  }

  table.closest("[role=region]").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const at = current();
    if (key === "j") links[Math.min(at + 1, links.length - 1)]?.focus();
    else if (key === "k") links[Math.max(at - 1, 0)]?.focus();
    else if (key === "x" && at >= 0) rows[at].querySelector("[type=checkbox]")?.click();
    else return;
    event.preventDefault();
  });
}

/** Ticks all rows or none. */
function initTickAll(box) {
  box.hidden = false;
  const boxes = [...box.closest("table").querySelectorAll("tbody [type=checkbox]")];
  box.addEventListener("change", () => boxes.forEach((other) => { other.checked = box.checked; }));
}

document.querySelectorAll("table[data-row-keys]").forEach(initRowKeys);
document.querySelectorAll("[data-tick-all]").forEach(initTickAll);
