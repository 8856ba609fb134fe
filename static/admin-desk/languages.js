// The languages of a record as tabs, with marks that follow what is typed. Without this script they simply stand one
// under the other. All groups of tabs on a page (the record's own, each clause's) show the same language.
(() => {
  const settings = document.getElementById("desk-languages")?.dataset;
  const form = document.querySelector("#content-main form");
  if (!settings || !form) return;

  const REMEMBERED = "desk-language";
  const groups = [];
  let open = sessionStorage.getItem(REMEMBERED) || settings.open;

  const codeOf = (fieldset) => /\blanguage-(\w+)/.exec(fieldset.className)[1];
  const original = () => form.elements.original_language?.value || settings.source;

  // The texts of a fieldset by name: what stands in each now, and whether that was typed since the page came.
  function textsOf(fieldset) {
    const code = codeOf(fieldset);
    const texts = {};
    for (const row of fieldset.querySelectorAll(".form-row")) {
      const name = new RegExp(`\\bfield-(\\w+)_${code}\\b`).exec(row.className)?.[1];
      if (!name || name === "provenance" || name === "in_step") continue;
      const control = row.querySelector("input, textarea");
      const shown = row.querySelector(".readonly")?.textContent.trim() ?? "";
      texts[name] = {
        text: control ? control.value.trim() : shown === "-" ? "" : shown,
        changed: control ? control.value !== control.defaultValue : false,
      };
    }
    return texts;
  }

  const live = (group) => group.root.isConnected && !group.root.querySelector(".delete input:checked");
  const changed = (code) => groups.some((group) => Object.values(group.texts[code] ?? {}).some((each) => each.changed));

  function sourceChanged() {
    const removed = form.querySelector(".inline-related:has(.language) .delete input:checked");
    return Boolean(removed) || changed(original());
  }

  function stateOf(group, code) {
    const own = group.texts[code];
    const names = Object.keys(own);
    if (!own[names[0]]?.text) return "missing";
    if (code === original()) return "original";
    if (group.own && outdated(group, code)) return "outdated";
    const sources = original() ? [original()] : Object.keys(group.texts);
    const lacks = (name) => !own[name].text && sources.some((source) => group.texts[source][name]?.text);
    if (names.some(lacks)) return "incomplete";
    const parts = group.own ? groups.filter((each) => each !== group && live(each)) : [];
    return parts.some((part) => ["missing", "incomplete"].includes(stateOf(part, code))) ? "incomplete" : "complete";
  }

  function outdated(group, code) {
    if (changed(code) || form.elements[`in_step_${code}`]?.checked) return false;
    const answer = form.querySelector("[name=meaning]:checked")?.value;
    const meaning = (answer === "content" || answer === "misleading") && sourceChanged();
    return Boolean(meaning && original()) || group.panels[code].classList.contains("is-outdated");
  }

  function refresh() {
    for (const group of groups) {
      for (const code of Object.keys(group.panels)) group.texts[code] = textsOf(group.panels[code]);
    }
    for (const group of groups) {
      for (const [code, tab] of Object.entries(group.tabs)) {
        const state = stateOf(group, code);
        const failed = Boolean(group.panels[code].querySelector(".errorlist"));
        tab.dataset.state = failed ? "error" : state;
        tab.querySelector(".tab-state span").textContent = failed ? settings.error : settings[state];
        group.panels[code].classList.toggle("is-source", code === original());
      }
    }
    const question = document.getElementById("meaning-question");
    if (question) {
      const answered = question.querySelector(":checked") || question.classList.contains("errors");
      question.hidden = !answered && !sourceChanged();
    }
  }

  function show(code) {
    open = code;
    for (const group of groups) {
      for (const [each, tab] of Object.entries(group.tabs)) {
        tab.setAttribute("aria-selected", String(each === code));
        tab.tabIndex = each === code ? 0 : -1;
        group.panels[each].parentElement.hidden = each !== code;
      }
    }
  }

  // Other groups change their height with the language; the tab in hand stays where it is.
  function choose(code, tab) {
    const before = tab.getBoundingClientRect().top;
    show(code);
    sessionStorage.setItem(REMEMBERED, code);
    tab.focus({ preventScroll: true });
    window.scrollBy({ top: tab.getBoundingClientRect().top - before, behavior: "instant" });
  }

  function onKey(event, group) {
    const codes = Object.keys(group.tabs);
    const at = codes.indexOf(open);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: codes.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const code = codes[(to + codes.length) % codes.length];
    choose(code, group.tabs[code]);
  }

  function build(fieldsets) {
    const number = groups.length;
    const group = { tabs: {}, panels: {}, texts: {} };
    const list = document.createElement("div");
    list.className = "language-tabs";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", settings.label);
    list.addEventListener("keydown", (event) => onKey(event, group));
    fieldsets[0].before(list);
    for (const fieldset of fieldsets) {
      const code = codeOf(fieldset);
      const heading = fieldset.querySelector(".fieldset-heading");
      const tab = document.createElement("button");
      tab.type = "button";
      tab.id = `language-tab-${number}-${code}`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", `language-panel-${number}-${code}`);
      const name = document.createElement("span");
      name.lang = code;
      name.textContent = heading.textContent;
      const state = document.createElement("span");
      state.className = "tab-state";
      state.append(document.createElement("span"));
      tab.append(name, " ", state);
      tab.addEventListener("click", () => choose(code, tab));
      list.append(tab);
      const panel = document.createElement("div");
      panel.id = `language-panel-${number}-${code}`;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      fieldset.before(panel);
      panel.append(fieldset);
      fieldset.removeAttribute("aria-labelledby");
      heading.hidden = true;
      group.tabs[code] = tab;
      group.panels[code] = fieldset;
    }
    group.root = list.closest(".inline-related") ?? form;
    group.own = group.root === form;
    groups.push(group);
  }

  function setUp(root) {
    const first = "fieldset.language:not(fieldset.language + fieldset.language)";
    for (const start of root.querySelectorAll(first)) {
      if (start.closest(".empty-form") || start.closest("[role=tabpanel]")) continue;
      const run = [start];
      while (run.at(-1).nextElementSibling?.matches("fieldset.language")) run.push(run.at(-1).nextElementSibling);
      build(run);
    }
    const failed = form.querySelector("fieldset.language .errorlist");
    show(failed && root === form ? codeOf(failed.closest("fieldset.language")) : open);
    refresh();
  }

  setUp(form);
  form.addEventListener("input", refresh);
  form.addEventListener("change", refresh);
  document.addEventListener("formset:added", (event) => setUp(event.target));
  document.addEventListener("formset:removed", () => {
    groups.splice(0, groups.length, ...groups.filter((group) => group.root.isConnected));
    refresh();
  });
})();
