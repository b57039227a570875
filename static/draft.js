// The editor of drafts: keeps what is typed on the server, and shows the article beside it.
// Without it the buttons of the form do the same.

const KEEP_MS = 1000; // after the last key; a word or two are typed in between
const LONGEST_KEEP_MS = 5000; // whoever types without a pause loses no more than this
const PREVIEW_MS = 1200;

function initDraft(form) {
  const field = form.querySelector("[name=text]");
  const status = form.querySelector("[data-status]");
  const pane = document.querySelector("[data-preview-content]");
  let kept = field.value;
  let keepTimer = 0;
  let firstChange = 0;
  let previewTimer = 0;
  let request = null;
  let sending = Promise.resolve();
  let submitting = false;

  function fields() {
    const data = new FormData(form);
    // A browser sends CRLF from a form; here the text as it is, which is the same to the server.
    data.set("text", field.value);
    return data;
  }

  async function keep() {
    clearTimeout(keepTimer);
    firstChange = 0;
    const text = field.value;
    if (text === kept) return;
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: fields(), redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { saved_at: savedAt } = await answer.json();
      kept = text;
      status.textContent = form.dataset.kept.replace("{time}", new Date(savedAt).toLocaleTimeString(document.documentElement.lang));
      status.classList.remove("field__error");
    } catch {
      status.textContent = form.dataset.notKept;
      status.classList.add("field__error");
      keepTimer = setTimeout(queueKeep, LONGEST_KEEP_MS);
    }
  }

  // One after the other, or an earlier text could arrive last.
  function queueKeep() {
    sending = sending.then(keep);
  }

  async function preview() {
    request?.abort();
    request = new AbortController();
    pane.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: fields(), redirect: "error", signal: request.signal });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        pane.replaceChildren(...page.body.childNodes);
      }
      pane.removeAttribute("aria-busy");
    } catch (error) {
      // An aborted one is followed by another; without an answer the last preview stays.
      if (error.name !== "AbortError") pane.removeAttribute("aria-busy");
    }
  }

  field.addEventListener("input", () => {
    firstChange ||= Date.now();
    clearTimeout(keepTimer);
    keepTimer = setTimeout(queueKeep, Math.max(0, Math.min(KEEP_MS, firstChange + LONGEST_KEEP_MS - Date.now())));
    clearTimeout(previewTimer);
    previewTimer = setTimeout(preview, PREVIEW_MS);
  });
  field.addEventListener("blur", () => { if (!submitting) queueKeep(); });

  form.addEventListener("submit", () => {
    submitting = true;
    clearTimeout(keepTimer);
    clearTimeout(previewTimer);
  });

  // Closing the window, or a phone that puts the browser to sleep.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !submitting && field.value !== kept) {
      fetch(form.dataset.keep, { method: "POST", body: fields(), keepalive: field.value.length < 20000 });
    }
  });
  addEventListener("beforeunload", (event) => {
    if (!submitting && field.value !== kept) event.preventDefault();
  });
  addEventListener("pageshow", () => { submitting = false; });

  document.querySelector("[data-preview-pane]").addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    const before = field.value.split("\n").slice(0, Number(link.dataset.line) - 1).join("\n").length;
    const start = before ? before + 1 : 0;
    const end = field.value.indexOf("\n", start);
    field.focus();
    field.setSelectionRange(start, end < 0 ? field.value.length : end);
  });

  if (!pane.querySelector("article")) preview();
}

/** Asks until the article is live, and says so in place. */
function initPublishing(box) {
  if (box.dataset.publishing !== "waiting") return;
  setTimeout(async () => {
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-publishing]");
      if (fresh && fresh.dataset.publishing !== "waiting") {
        box.replaceChildren(...fresh.childNodes);
        box.dataset.publishing = "";
        return;
      }
    } catch {
      // The link below looks again as well.
    }
    initPublishing(box);
  }, 1000);
}

document.querySelectorAll("[data-draft]").forEach(initDraft);
document.querySelectorAll("[data-publishing]").forEach(initPublishing);
