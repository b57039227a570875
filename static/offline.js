// The search on the page that stands in for others while there is no network.

const list = document.querySelector("[data-offline-list]");
const form = document.querySelector("[data-offline-search]");
const status = document.querySelector("[data-offline-status]");

/** Words in the form in which they are compared: "Café-Tür" is "cafe tur". */
const words = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Articles that are on this device: those of the copy, and those that were read. */
async function listArticles() {
  const { articles } = await (await fetch("/offline.json")).json();
  const read = await caches.open("helpshelf-read");
  const known = new Set(articles.map((article) => article.url));
  for (const request of await read.keys()) {
    const url = new URL(request.url).pathname;
    if (known.has(url)) continue;
    const page = new DOMParser().parseFromString(await (await read.match(request)).text(), "text/html");
    const title = page.querySelector("h1")?.textContent.trim();
    if (title) articles.unshift({ title, url, text: page.querySelector("main").textContent });
  }
  return articles.map((article) => ({ ...article, words: words(`${article.title} ${article.text}`) }));
}

/** Each word counts that begins one of the article; twice in its title. */
function score(article, asked) {
  const title = words(article.title);
  const begins = (all, word) => all.some((one) => one.startsWith(word));
  return asked.reduce((sum, word) => sum + begins(article.words, word) + begins(title, word), 0);
}

function show(articles) {
  list.replaceChildren(
    ...articles.map((article) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = article.url;
      link.textContent = article.title;
      item.append(link);
      return item;
    }),
  );
  const text = articles.length === 1 ? status.dataset.one : status.dataset.many;
  status.textContent = text.replace("{count}", articles.length);
}

const articles = await listArticles();
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  const asked = words(new FormData(form).get("q"));
  const found = articles.map((article) => [score(article, asked), article]);
  const best = Math.max(...found.map(([points]) => points), 0);
  // Half of what the best one has is not about the same any more.
  const near = found.filter(([points]) => points > 0 && points >= best / 2);
  show(asked.length ? near.sort((a, b) => b[0] - a[0]).map(([, article]) => article) : articles);
});
show(articles);
