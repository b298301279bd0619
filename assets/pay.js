/* The payment provider's own form, on the pages to pay on and nowhere else.
   #pay-stripe carries the address of the provider's script, the public key and the secret of one
   charge; when the provider says that it is done, #pay-look asks our server, which asks it. */
(() => {
  "use strict";
  let secret = "", stripe = null, elements = null;
  const by = (id) => document.getElementById(id);
  const say = (text) => { const place = by("pay-error"); if (place) place.textContent = text || ""; };

  function load(address) {
    return new Promise((done, failed) => {
      if (window.Stripe) { done(); return; }
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = () => failed(new Error("blocked"));
      document.head.append(script);
    });
  }

  async function begin(box) {
    secret = box.dataset.secret;
    try { await load(box.dataset.script); } catch {
      say("The payment provider's form did not load. Check the connection and reload the page.");
      return;
    }
    const dark = document.documentElement.classList.contains("dark");
    stripe = window.Stripe(box.dataset.keyPublic);
    elements = stripe.elements({ clientSecret: secret, appearance: { theme: dark ? "night" : "stripe" } });
    elements.create("payment").mount("#pay-element");
  }

  async function confirm(button) {
    if (!elements || button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    say("");
    const back = location.origin + location.pathname;
    const told = await stripe.confirmPayment({ elements, confirmParams: { return_url: back }, redirect: "if_required" });
    button.removeAttribute("aria-busy");
    if (told.error) say(told.error.message);
    by("pay-look")?.click();
  }

  function look() {
    const box = by("pay-stripe");
    if (box && box.dataset.secret && box.dataset.secret !== secret) begin(box);
    if (!box) { secret = ""; elements = null; }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#pay-confirm");
    if (button) confirm(button);
  });
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-secret"] });
  look();
})();
