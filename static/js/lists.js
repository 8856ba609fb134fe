// A list that htmx has narrowed: keep the filters open on a phone, and the keyboard where it was.

let wasOpen = false;

document.addEventListener("htmx:beforeSwap", (event) => {
  const facets = event.detail.target.querySelector?.("details.facets");
  if (facets) wasOpen = facets.open;
});

document.addEventListener("htmx:afterSwap", () => {
  const facets = document.querySelector("#list details.facets");
  if (facets && wasOpen) facets.open = true;
});

// The address says which filters are set, so the language links and the search field must follow it.
document.addEventListener("htmx:pushedIntoHistory", () => {
  for (const link of document.querySelectorAll(".languages a")) {
    const code = link.hreflang;
    link.href = location.pathname.replace(/^\/[a-z]{2}\//, `/${code}/`) + location.search;
  }
  for (const form of document.querySelectorAll("main .search-field")) {
    for (const input of form.querySelectorAll("input[type=hidden]")) input.remove();
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (["q", "sort", "page"].includes(name)) continue;
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
  }
});
