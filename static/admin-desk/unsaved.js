// What is typed is kept a few seconds later, so that nothing is lost by a power cut or a stray click; leaving the page
// unsaved asks first. Without this script forms simply keep nothing before they are saved.
(() => {
  const status = document.getElementById("unsaved-status");
  const form = document.querySelector("#content-main form");
  if (!form) return;

  const WAIT = 3000;
  const said = status?.querySelector("[role=status]");
  const moment = status?.querySelector(".unsaved-time");
  let typed = Boolean(status ? status.dataset.typed : document.querySelector(".errornote"));
  let timer, sending, sent;

  // The fields as the form would send them, but for files, and those of this page's own bookkeeping.
  function fields() {
    const pairs = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    return JSON.stringify(pairs.filter(([name]) => name === "_seen" || !/^(_|csrf)/.test(name)));
  }

  function say(words) {
    status.hidden = false;
    // Heard once, not after every pause.
    if (said.textContent !== words) said.textContent = words;
  }

  async function keep() {
    const now = fields();
    if (now === sent) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("object", status.dataset.object);
    body.set("fields", now);
    sending?.abort();
    sending = new AbortController();
    try {
      const response = await fetch(status.dataset.url, { method: "POST", body, signal: sending.signal, redirect: "error" });
      const answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
      if (!response.ok) throw new Error(answer.problem ?? status.dataset.failed);
      sent = now;
      const files = [...form.querySelectorAll("input[type=file]")].some((input) => input.value);
      say(files ? `${status.dataset.keeping} ${status.dataset.files}` : status.dataset.keeping);
      moment.textContent = `${status.dataset.last} ${answer.kept_at}`;
    } catch (error) {
      if (error.name === "AbortError") return;
      moment.textContent = "";
      say(error instanceof TypeError ? status.dataset.failed : error.message);
      timer = setTimeout(keep, 10 * WAIT);
    }
  }

  function onTyping() {
    typed = true;
    // What was kept before is still on offer: it is not replaced before somebody has decided about it.
    if (!status) return;
    if (status.dataset.waits) {
      say(status.dataset.undecided);
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT);
  }

  form.addEventListener("input", onTyping);
  form.addEventListener("change", onTyping);
  document.addEventListener("formset:added", onTyping);
  document.addEventListener("formset:removed", onTyping);
  form.addEventListener("submit", () => {
    typed = false;
    clearTimeout(timer);
    sending?.abort();
  });
  document.getElementById("unsaved-discard")?.addEventListener("submit", () => (typed = false));
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
})();
