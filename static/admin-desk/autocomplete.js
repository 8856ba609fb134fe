// The fields in which one types to find a city or an organisation have their label and their help: Select2 leaves both out.
(() => {
  const labelOf = (select) => select.getAttribute("aria-label") || select.labels?.[0]?.textContent.trim() || "";

  function name(root) {
    for (const select of root.querySelectorAll("select.select2-hidden-accessible")) {
      const shown = select.nextElementSibling;
      const box = shown.querySelector(".select2-selection");
      const chosen = box.querySelector(".select2-selection__rendered");
      const search = box.querySelector(".select2-search__field");
      box.id = `${select.id}-box`;
      box.setAttribute("aria-label", labelOf(select));
      // What is chosen is no field of its own, but part of what the box is called.
      if (chosen.id) box.setAttribute("aria-labelledby", `${box.id} ${chosen.id}`);
      chosen.removeAttribute("role");
      chosen.removeAttribute("aria-readonly");
      search?.setAttribute("aria-label", labelOf(select));
      const help = select.getAttribute("aria-describedby");
      if (help) (search ?? box).setAttribute("aria-describedby", help);
    }
  }

  django.jQuery(() => name(document)); // after Django has set Select2 up, in the same queue
  document.addEventListener("formset:added", (event) => setTimeout(() => name(event.target)));
  // The field to type in, and the list below it, come with the first opening.
  django.jQuery(document).on("select2:open", (event) => {
    for (const each of document.querySelectorAll(".select2-dropdown :is(.select2-search__field, [role=listbox])")) {
      each.setAttribute("aria-label", labelOf(event.target));
      if (each.id) document.getElementById(`${event.target.id}-box`)?.setAttribute("aria-controls", each.id);
    }
  });
})();
