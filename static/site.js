// Conveniences on top of pages that work without them: suggestions and answers while typing
// (ARIA 1.2 combobox), searches made before, the key "/", and the vote below an article
// answered in place. And one report: that a phone or mail link was taken.

const PAUSE_MS = 120; // shorter asks for every letter, longer feels late
const ANSWER_PAUSE_MS = 300; // a search costs more than a suggestion: only when typing pauses
const LISTED = 8;
const RECENT = 5;
const RECENT_KEY = "helpshelf.recent";
const SHORTCUT_KEY = "helpshelf.shortcut";
const STEPS_KEY = "helpshelf.steps";
const STEPS_KEPT = 20; // articles whose ticks are kept

/** What stays on this device. Browsers may refuse storage, and may hand out nonsense. */
const device = {
  read(key, fallback) {
    try {
      const value = JSON.parse(localStorage.getItem(key));
      return typeof value === typeof fallback && value !== null ? value : fallback;
    } catch {
      return fallback; // refused or unreadable: as on the first visit
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Refused or full. Nothing that a customer came for depends on it.
    }
  },
  forget(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // What could not be kept need not be forgotten.
    }
  },
};

/** Searches made on this device, newest first. They are sent nowhere. */
const recent = {
  list() {
    const kept = device.read(RECENT_KEY, []);
    return Array.isArray(kept) ? kept.filter((text) => typeof text === "string").slice(0, RECENT) : [];
  },
  add(text) {
    const others = this.list().filter((one) => one.toLowerCase() !== text.toLowerCase());
    if (text) device.write(RECENT_KEY, [text, ...others].slice(0, RECENT));
  },
  clear() {
    device.forget(RECENT_KEY);
  },
};

/** An escaped excerpt as nodes: text and marks, whatever else it might hold is only text. */
function excerptNodes(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return [...body.childNodes].map((node) => {
    if (node.nodeName !== "MARK") return node.textContent;
    const mark = document.createElement("mark");
    mark.textContent = node.textContent;
    return mark;
  });
}

/** Only addresses of this site: lists are data, and data must not lead elsewhere. */
function ownAddress(text) {
  const url = new URL(text, location.origin);
  return url.origin === location.origin ? url : null;
}

/** Suggestions and answers for one search form. The text stays the customer's until they choose. */
function initSearchBox(form) {
  const input = form.querySelector("[name=q]");
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector("[data-announce]");
  const suggestionsLabel = list.getAttribute("aria-label");
  let active = -1;
  let timer = 0;
  let answerTimer = 0;
  let request = null;
  let shown = null;
  let listed = [];

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  function close() {
    clearTimeout(timer);
    clearTimeout(answerTimer);
    request?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  function activate(index) {
    active = index;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    if (index < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", list.children[index].id);
      list.children[index].scrollIntoView({ block: "nearest" });
    }
  }

  function announce(count) {
    const text = count === 1 ? status.dataset.one : status.dataset.many.replace("{count}", count);
    status.textContent = count ? text : "";
  }

  function part(className, ...nodes) {
    const element = document.createElement("span");
    element.className = className;
    element.dir = "auto";
    element.append(...nodes);
    return element;
  }

  function show(entries, label) {
    list.setAttribute("aria-label", label);
    list.replaceChildren(...entries.map((entry, i) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${i}`;
      option.setAttribute("role", "option");
      Object.assign(option.dataset, entry.data);
      option.append(part("suggestions__title", entry.title));
      // Spaces keep the parts apart where the whole is read as one name.
      if (entry.section) option.append(" ", part("suggestions__section", entry.section));
      if (entry.snippet) option.append(" ", part("suggestions__snippet", ...excerptNodes(entry.snippet)));
      return option;
    }));
    activate(-1);
    list.hidden = entries.length === 0;
    input.setAttribute("aria-expanded", String(entries.length > 0));
  }

  function showRecent() {
    const texts = recent.list();
    if (!texts.length) return close();
    shown = "";
    listed = [];
    const entries = texts.map((text) => ({ title: text, data: { text } }));
    show([...entries, { title: form.dataset.clear, data: { clear: "" } }], form.dataset.recent);
    announce(0);
  }

  async function ask(address) {
    const answer = await fetch(address, { signal: request.signal });
    return answer.ok ? answer.json() : null;
  }

  async function suggest() {
    const text = input.value.trim();
    request?.abort();
    if (text.length < 2) {
      shown = null;
      announce(0);
      return close();
    }
    request = new AbortController();
    try {
      const found = await ask(`/api/v1/suggest?q=${encodeURIComponent(text)}`);
      if (!found) return close();
      // A late answer moves nothing under who is choosing already.
      if (active >= 0) return;
      shown = text;
      listed = found.suggestions.map(({ title, url }) => ({ title, data: { url } }));
      if (document.activeElement !== input) return;
      show(listed, suggestionsLabel);
      announce(listed.length);
      answerTimer = setTimeout(addAnswers, ANSWER_PAUSE_MS - PAUSE_MS, text);
    } catch (error) {
      // Without an answer the form still searches; only an aborted request is expected here.
      if (error.name !== "AbortError") close();
    }
  }

  /** Tells of each article the section that answers; nothing moves under who is choosing. */
  async function addAnswers(text) {
    try {
      const found = await ask(`/search/answers?q=${encodeURIComponent(text)}`);
      const isWanted = found && active < 0 && shown === text && document.activeElement === input;
      if (!isWanted || (list.hidden && listed.length)) return;
      const path = (url) => url.split("#")[0];
      const hits = found.answers.map(({ title, section, snippet, url }) => ({ title, section, snippet, data: { url } }));
      const isHit = (entry) => hits.some((hit) => path(hit.data.url) === path(entry.data.url));
      listed = [...hits, ...listed.filter((entry) => !isHit(entry))].slice(0, LISTED);
      show(listed, suggestionsLabel);
      announce(listed.length);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function go(option) {
    const { url: address, text, clear } = option.dataset;
    if (clear !== undefined) {
      recent.clear();
      close();
      return;
    }
    if (text !== undefined) {
      input.value = text;
      form.requestSubmit();
      return;
    }
    const url = ownAddress(address);
    if (!url) return;
    const fields = new URLSearchParams({ q: shown, slug: url.pathname.split("/").pop() });
    navigator.sendBeacon("/search/suggestion", fields);
    recent.add(shown);
    close();
    location.assign(url);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    clearTimeout(answerTimer);
    activate(-1);
    if (input.value.trim()) timer = setTimeout(suggest, PAUSE_MS);
    else showRecent();
  });
  input.addEventListener("click", () => {
    if (!input.value.trim() && list.hidden) showRecent();
  });

  function reopen() {
    if (!input.value.trim()) return showRecent();
    if (shown !== input.value.trim() || !list.children.length) return;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!count) return reopen();
      // One place more than there are options: the text field itself.
      const step = event.key === "ArrowDown" ? 1 : -1;
      activate(((active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && count && active >= 0) {
      event.preventDefault();
      go(list.children[active]);
    } else if (event.key === "Escape" && count) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab") {
      // A list that can be scrolled would take the focus, and lose it as it closes.
      close();
    }
  });

  form.addEventListener("submit", () => recent.add(input.value.trim()));
  // An address names what was chosen, not every field that was not.
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (!value && name !== "q") formData.delete(name);
  });
  input.addEventListener("blur", close);
  // Before the field loses focus, or the list would be gone when the click arrives.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) go(option);
  });
}

/** "/" goes to the search, unless somebody writes or has switched it off. */
function initShortcut() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const input = document.querySelector("[data-search-box] [name=q]");
    if (!input || !device.read(SHORTCUT_KEY, true)) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  document.querySelectorAll("[data-shortcut]").forEach((label) => {
    const box = label.querySelector("input");
    label.hidden = false;
    box.checked = device.read(SHORTCUT_KEY, true);
    box.addEventListener("change", () => device.write(SHORTCUT_KEY, box.checked));
  });
}

/** Fetches the first hit when somebody is about to open it, marked as nobody's visit. */
function initPrefetch() {
  const link = document.querySelector("[data-prefetch]");
  if (!link || navigator.connection?.saveData) return;
  const load = () => {
    // The browser keeps the page and asks on opening whether it is still right.
    fetch(link.href, { headers: { "X-Purpose": "prefetch" }, priority: "low" }).catch(() => {
      // Without it the page opens as it does without this script.
    });
  };
  const begin = () => {
    link.removeEventListener("pointerenter", begin);
    link.removeEventListener("focus", begin);
    load();
  };
  link.addEventListener("pointerenter", begin);
  link.addEventListener("focus", begin);
}

/** Sends the vote and puts the thanks where the question was. */
function initVote(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form, event.submitter));
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const thanks = page.getElementById("thanks");
      // The page has its own h1; in place the message is one section among others.
      const heading = document.createElement("h2");
      heading.append(...thanks.querySelector("h1").childNodes);
      thanks.querySelector("h1").replaceWith(heading);
      thanks.tabIndex = -1;
      thanks.setAttribute("role", "status");
      form.replaceWith(document.importNode(thanks, true));
      document.getElementById("thanks").focus();
    } catch {
      // Whatever stands in the way here, the plain form shows it as a page.
      const choice = document.createElement("input");
      choice.type = "hidden";
      choice.name = event.submitter.name;
      choice.value = event.submitter.value;
      form.append(choice);
      form.submit();
    }
  });
}

/** Marks in "On this page" which part is being read. */
function initContents(nav) {
  const links = [...nav.querySelectorAll("a[href^='#']")];
  const parts = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  let isWaiting = false;
  function follow() {
    isWaiting = false;
    const line = innerHeight / 4;
    let current = -1;
    parts.forEach((part, i) => { if (part && part.getBoundingClientRect().top < line) current = i; });
    links.forEach((link, i) => {
      if (i === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    });
  }
  addEventListener("scroll", () => {
    if (!isWaiting) requestAnimationFrame(follow);
    isWaiting = true;
  }, { passive: true });
  follow();
}

/** The link beside a heading is also copied; where that is refused it still is a link. */
function initHeadingLinks(article) {
  const status = article.querySelector("[data-article-status]");
  article.addEventListener("click", async (event) => {
    const link = event.target.closest(".heading__link");
    if (!link) return;
    try {
      await navigator.clipboard.writeText(link.href);
      status.textContent = article.dataset.copied;
    } catch {
      status.textContent = ""; // the address bar has it
    }
  });
}

/** Pictures that are shown smaller than they are can be enlarged. */
function initZoom(article) {
  function enlarge(image) {
    const dialog = document.createElement("dialog");
    dialog.className = "zoomed";
    dialog.setAttribute("aria-label", image.alt || article.dataset.zoom);
    const form = document.createElement("form");
    form.method = "dialog";
    const button = document.createElement("button");
    button.className = "button button--quiet";
    button.textContent = article.dataset.close;
    form.append(button);
    const large = document.createElement("img");
    large.src = image.src;
    large.alt = image.alt;
    dialog.append(form, large);
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }
  function offer(image) {
    if (image.naturalWidth <= image.clientWidth * 1.2) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "zoom";
    button.setAttribute("aria-label", `${article.dataset.zoom}: ${image.alt}`);
    const shown = image.closest("picture") ?? image;
    shown.replaceWith(button);
    button.append(shown);
    button.addEventListener("click", () => enlarge(image));
  }
  article.querySelectorAll(".prose img").forEach((image) => {
    if (image.closest("a, summary, button")) return;
    if (image.complete) offer(image);
    else image.addEventListener("load", () => offer(image), { once: true });
  });
}

/** Steps can be ticked off; which ones stays on the device, and only for this text. */
function initSteps(article) {
  const prose = article.querySelector("[data-steps]");
  if (!prose) return;
  const kept = device.read(STEPS_KEY, {});
  const mine = kept[location.pathname];
  const isSame = mine?.version === prose.dataset.steps && Array.isArray(mine.done);
  const done = new Set(isSame ? mine.done : []);
  function keep() {
    const { [location.pathname]: _, ...others } = device.read(STEPS_KEY, {});
    const entries = Object.entries(others).slice(-STEPS_KEPT + 1);
    if (done.size) entries.push([location.pathname, { version: prose.dataset.steps, done: [...done] }]);
    device.write(STEPS_KEY, Object.fromEntries(entries));
  }
  let index = 0;
  prose.querySelectorAll(":scope > ol").forEach((list) => {
    [...list.children].forEach((step, place) => {
      const own = index++;
      const box = document.createElement("input");
      box.type = "checkbox";
      box.className = "step";
      box.checked = done.has(own);
      box.setAttribute("aria-label", article.dataset.step.replace("{number}", list.start + place));
      box.addEventListener("change", () => {
        if (box.checked) done.add(own);
        else done.delete(own);
        keep();
      });
      step.append(box);
    });
  });
}

// Whoever calls or writes after a search was not answered by it. Only the page can tell that
// such a link was taken; nothing is sent but that fact.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='tel:'], a[href^='mailto:']");
  if (link) navigator.sendBeacon("/contact/link");
});

/** The copy for when there is no network, where the company offers one; else what is left of it goes. */
async function initOffline() {
  const version = document.documentElement.dataset.offline;
  const workers = navigator.serviceWorker;
  try {
    if (version) await workers?.register(`/offline-worker.js?v=${encodeURIComponent(version)}`);
    else if (workers?.controller) {
      for (const one of await workers.getRegistrations()) await one.unregister();
      for (const name of await caches.keys()) await caches.delete(name);
    }
  } catch {
    // Browsers may refuse to keep anything; pages come from the network then.
  }
}

/** The cookie has the language that was chosen: an address that is copied needs not name it. */
function initLanguage() {
  const address = new URL(location.href);
  if (!navigator.cookieEnabled || !address.searchParams.has("lang")) return;
  address.searchParams.delete("lang");
  history.replaceState(history.state, "", address);
}

document.querySelectorAll("[data-search-box]").forEach(initSearchBox);
document.querySelectorAll("[data-vote]").forEach(initVote);
document.querySelectorAll(".contents--side").forEach(initContents);
document.querySelectorAll("[data-article]").forEach((article) => {
  initHeadingLinks(article);
  initZoom(article);
  initSteps(article);
});
initLanguage();
initShortcut();
initPrefetch();
initOffline();
