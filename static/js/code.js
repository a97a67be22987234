/* A personal link is /c/SLUG#CODE: what stands after the # never leaves the device by itself. This puts it into the
   field and takes it out of the address, so that it stays in no history. Without script it is typed. */
(() => {
  const field = document.getElementById('code');
  const code = decodeURIComponent(location.hash.slice(1));
  if (!field || !/^[0-9A-Za-z -]{12,20}$/.test(code)) return;
  field.value = code;
  history.replaceState(null, '', location.pathname + location.search);
})();
