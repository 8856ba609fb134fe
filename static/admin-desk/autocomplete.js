// The fields in which one types to find a city or an organisation have their label and their help: Select2 leaves both out.
(() => {
  const labelOf = (select) => select.getAttribute("aria-label") || select.labels?.[0]?.textContent.trim() || "";

  function name(root) {
    for (const select of root.querySelectorAll("select.admin-autocomplete")) {
      const shown = select.nextElementSibling;
      const search = shown?.querySelector(".select2-search__field");
      search?.setAttribute("aria-label", labelOf(select));
      const help = select.getAttribute("aria-describedby");
      if (help) (search ?? shown?.querySelector(".select2-selection"))?.setAttribute("aria-describedby", help);
    }
  }

  django.jQuery(() => name(document)); // after Django has set Select2 up, in the same queue
  document.addEventListener("formset:added", (event) => setTimeout(() => name(event.target)));
})();
