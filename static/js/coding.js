// Coding by keys: 1 to 9 tick a theme, 0 says that none fits, Enter saves. Everything works without this.
"use strict";
(() => {
  const form = document.getElementById("coding");
  const none = form.elements.none;
  const themes = [...form.querySelectorAll('input[name="theme"]')];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("textarea, select, input:not([type=checkbox], [type=radio])")) return;
    if (event.key === "Enter" && !event.target.matches("a, button, summary")) {
      event.preventDefault();
      form.requestSubmit(form.querySelector('button[value="save"]'));
      return;
    }
    const arabic = "٠١٢٣٤٥٦٧٨٩".indexOf(event.key);
    const digit = arabic >= 0 ? arabic : /^[0-9]$/.test(event.key) ? Number(event.key) : -1;
    const box = digit === 0 ? none : themes[digit - 1];
    if (digit < 0 || !box) return;
    event.preventDefault();
    box.click();
    box.focus();
  });
  // None of them, or some of them: one takes the other back.
  form.addEventListener("change", (event) => {
    if (event.target === none && none.checked) themes.forEach((box) => { box.checked = false; });
    if (themes.includes(event.target) && event.target.checked) none.checked = false;
  });
})();
