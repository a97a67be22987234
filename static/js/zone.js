/* A new consultation keeps the time of the place where it is made. Without script: that of the last one. */
(() => {
  const field = document.querySelector('input[name="timezone"]');
  if (field) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || '';
})();
