// Two conveniences on top of pages that work without them: suggestions while typing
// (ARIA 1.2 combobox), and the vote below an article answered in place. And one report: that
// a phone or mail link was taken.

const PAUSE_MS = 120; // shorter asks for every letter, longer feels late

/** Suggestions for one search form. The text stays the customer's until they choose. */
function initSearchBox(form) {
  const input = form.querySelector("[name=q]");
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector("[data-announce]");
  let active = -1;
  let timer = 0;
  let request = null;
  let shown = null;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  const options = () => [...list.children];

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  function activate(index) {
    active = index;
    options().forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
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

  function show(suggestions) {
    list.replaceChildren(...suggestions.map((suggestion, i) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${i}`;
      option.setAttribute("role", "option");
      option.dataset.url = suggestion.url;
      option.textContent = suggestion.title;
      return option;
    }));
    activate(-1);
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(suggestions.length > 0));
    announce(suggestions.length);
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
      const answer = await fetch(`/api/v1/suggest?q=${encodeURIComponent(text)}`, { signal: request.signal });
      if (!answer.ok) return close();
      const { suggestions } = await answer.json();
      shown = text;
      if (document.activeElement === input) show(suggestions);
    } catch (error) {
      // Without an answer the form still searches; only an aborted request is expected here.
      if (error.name !== "AbortError") close();
    }
  }

  function go(option) {
    // Only addresses of this site: the list is data, and data must not lead elsewhere.
    const url = new URL(option.dataset.url, location.origin);
    if (url.origin !== location.origin) return;
    const fields = new URLSearchParams({ q: shown, slug: url.pathname.split("/").pop() });
    navigator.sendBeacon("/search/suggestion", fields);
    location.assign(url);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, PAUSE_MS);
  });

  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!count) {
        if (shown === input.value.trim() && list.children.length) {
          event.preventDefault();
          list.hidden = false;
          input.setAttribute("aria-expanded", "true");
        }
        return;
      }
      event.preventDefault();
      // One place more than there are options: the text field itself.
      const step = event.key === "ArrowDown" ? 1 : -1;
      activate(((active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && count && active >= 0) {
      event.preventDefault();
      go(list.children[active]);
    } else if (event.key === "Escape" && count) {
      event.preventDefault();
      close();
    }
  });

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

// Whoever calls or writes after a search was not answered by it. Only the page can tell that
// such a link was taken; nothing is sent but that fact.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='tel:'], a[href^='mailto:']");
  if (link) navigator.sendBeacon("/contact/link");
});

document.querySelectorAll("[data-search-box]").forEach(initSearchBox);
document.querySelectorAll("[data-vote]").forEach(initVote);
