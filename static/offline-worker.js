// Keeps a copy of the most important articles, and of those that were read, for when there is no
// network (KB_OFFLINE). Nothing else of the site passes through it: searches, forms, the staff area
// and pages that must not be stored go to the network as if it were not there.

const KEPT = `helpshelf-kept-${new URL(location.href).searchParams.get("v")}`;
const READ = "helpshelf-read";
const MOST_READ = 50; // pages; the one unread for longest goes first
const ARTICLE = /^\/(articles|policies)\/[^/]+$/;
const ASSET = /^\/(static\/|files\/|identity\.css)/;
const IGNORING = { ignoreSearch: true, ignoreVary: true };

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    if (ARTICLE.test(url.pathname)) event.respondWith(openArticle(event, url));
    else if (!/^\/(staff|account|contact\/)/.test(url.pathname)) {
      event.respondWith(fetch(event.request).catch(() => findKept(url)));
    }
  } else if (ASSET.test(url.pathname) || url.pathname === "/offline.json") {
    event.respondWith(fetch(event.request).catch(() => findCopy(event.request)));
  }
});

async function install() {
  const kept = await caches.open(KEPT);
  const copy = await load("/offline.json");
  await keep(kept, "/offline.json", copy.clone());
  const { pages, assets } = await copy.json();
  await Promise.all(["/offline", ...assets].map(async (url) => keep(kept, url, await load(url))));
  // One after the other: a visitor who reads meanwhile must not wait for it.
  for (const url of pages) {
    try {
      await keep(kept, url, await load(url));
    } catch {
      // Without this page the others are still worth having.
    }
  }
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("helpshelf-") && ![KEPT, READ].includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** As a prefetch, which nobody counts as a customer who opened the article. */
async function load(url) {
  const answer = await fetch(url, { headers: { "X-Purpose": "prefetch" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

async function keep(cache, url, answer) {
  if (!/no-store/.test(answer.headers.get("Cache-Control") ?? "")) await cache.put(url, answer);
}

async function openArticle(event, url) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok && !answer.redirected) event.waitUntil(remember(url.pathname, answer.clone()));
    return answer;
  } catch {
    return findKept(url);
  }
}

async function remember(path, answer) {
  const read = await caches.open(READ);
  await read.delete(path, IGNORING); // so that it becomes the last in order
  await keep(read, path, answer);
  const paths = await read.keys();
  await Promise.all(paths.slice(0, -MOST_READ).map((request) => read.delete(request, IGNORING)));
}

async function findKept(url) {
  return (
    (await (await caches.open(READ)).match(url.pathname, IGNORING)) ??
    (await (await caches.open(KEPT)).match(url.pathname, IGNORING)) ??
    (await (await caches.open(KEPT)).match("/offline")) ??
    Response.error()
  );
}

async function findCopy(request) {
  return (await (await caches.open(KEPT)).match(request, IGNORING)) ?? Response.error();
}
