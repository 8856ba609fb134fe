// A table of contents that follows the reading: the part that fills the upper part of the window is the current one.

for (const toc of document.querySelectorAll("[data-toc]")) {
  const links = new Map();
  for (const link of toc.querySelectorAll("[data-toc-part]")) {
    const part = document.querySelector(link.hash)?.closest("section");
    if (part) links.set(part, link);
  }

  function follow() {
    const line = window.innerHeight / 3;
    const begun = [...links.keys()].filter((part) => part.getBoundingClientRect().top <= line);
    for (const [part, link] of links) {
      if (part === begun.at(-1)) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  }

  // Told whenever a part comes to the line or leaves it, however the reader got there.
  const observer = new IntersectionObserver(follow, { rootMargin: "-33% 0px -66% 0px" });
  for (const part of links.keys()) observer.observe(part);

  // On a phone, choosing folds the list away again.
  toc.addEventListener("click", (event) => {
    if (event.target.closest("a")) toc.open = false;
  });
}
