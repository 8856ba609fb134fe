// The fields in which one types to find a city or an organisation say what they are for: Select2 leaves that out.
(() => {
  const labelOf = (select) => select.getAttribute("aria-label") || select.labels?.[0]?.textContent.trim() || "";

  function name(root) {
    for (const select of root.querySelectorAll("select.admin-autocomplete")) {
      const search = select.nextElementSibling?.querySelector(".select2-search__field");
      search?.setAttribute("aria-label", labelOf(select));
    }
  }

  django.jQuery(() => name(document)); // after Django has set Select2 up, in the same queue
  document.addEventListener("formset:added", (event) => setTimeout(() => name(event.target)));
})();
