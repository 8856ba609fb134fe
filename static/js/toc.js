// A table of contents that follows the reading: the current part is the last that has begun above a line in the upper
// third of the window.

for (const toc of document.querySelectorAll("[data-toc]")) {
  const links = new Map();
  for (const link of toc.querySelectorAll("[data-toc-part]")) {
    const part = document.querySelector(link.hash)?.closest("section");
    if (part) links.set(part, link);
  }
  const begun = new Set();

  function follow(changes) {
    for (const { target, isIntersecting } of changes) begun[isIntersecting ? "add" : "delete"](target);
    const current = [...links.keys()].findLast((part) => begun.has(part));
    for (const [part, link] of links) {
      if (part === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  }

  // The window from far above the page down to that line: a part is in it from when it begins, however one got there.
  const observer = new IntersectionObserver(follow, { rootMargin: "1000000px 0px -66% 0px" });
  for (const part of links.keys()) observer.observe(part);

  // On a phone, choosing folds the list away again.
  toc.addEventListener("click", (event) => {
    if (event.target.closest("a")) toc.open = false;
  });
}
