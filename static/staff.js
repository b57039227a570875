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

/** "?" shows the keys, and so does their link in the menu; closing gives the focus back. */
function initKeyHelp(dialog) {
  let before = null;

  function open() {
    if (dialog.open) return;
    before = document.activeElement;
    dialog.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
    // Whoever types or dictates into a field means the character.
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("close", () => before?.focus());
  document.querySelectorAll("[data-keys-link]").forEach((link) => {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
  });
}

document.querySelectorAll("[data-keys]").forEach(initKeyHelp);
document.querySelectorAll("table[data-row-keys]").forEach(initRowKeys);
document.querySelectorAll("[data-tick-all]").forEach(initTickAll);
