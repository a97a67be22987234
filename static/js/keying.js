// Keying paper forms by numbers: in a list of answers, the key 3 picks the third. Everything works without this.
"use strict";
document.addEventListener("keydown", (event) => {
  const input = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey || !input.matches('.keying input[type="radio"], .keying input[type="checkbox"]')) return;
  const digit = "٠١٢٣٤٥٦٧٨٩".indexOf(event.key) >= 0 ? "٠١٢٣٤٥٦٧٨٩".indexOf(event.key) : parseInt(event.key, 10);
  const list = [...document.getElementsByName(input.name)].filter((other) => other.type === input.type);
  const chosen = list[(digit || 10) - 1];
  if (Number.isNaN(digit) || !chosen) return;
  event.preventDefault();
  chosen.focus();
  chosen.click();
});
