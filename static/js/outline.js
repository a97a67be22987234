/* Questions and pages of a survey moved by dragging. The buttons beside each do the same, and work without this file. */
(() => {
  const words = document.getElementById('outline-words');
  if (!words) return;
  const said = document.createElement('p');
  said.className = 'hidden';
  said.setAttribute('role', 'status');
  words.after(said);
  const EDGE = 60;

  const grip = (row, title) => {
    const handle = document.createElement('span');
    handle.className = 'grip';
    handle.textContent = '⠿';
    handle.title = title;
    handle.setAttribute('aria-hidden', 'true');
    row.querySelector('.outline-words').prepend(handle);
    handle.addEventListener('pointerdown', down => begin(down, handle, row));
  };

  // Where the pointer is: behind which question of which list. `null` is the beginning of the list.
  const spot = (y, row) => {
    const lists = [...document.querySelectorAll('.outline-questions')];
    const list = lists.find(one => y < one.closest('.outline-section').getBoundingClientRect().bottom) || lists.at(-1);
    const rows = [...list.children].filter(other => other !== row);
    const before = rows.filter(other => {
      const box = other.getBoundingClientRect();
      return y > box.top + box.height / 2;
    });
    return [list, before.at(-1) || null];
  };

  const begin = (down, handle, row) => {
    if (down.button) return;
    down.preventDefault();
    const [home, next] = [row.parentElement, row.nextElementSibling];
    handle.setPointerCapture(down.pointerId);
    row.classList.add('moved');
    let [y, timer] = [down.clientY, 0];
    const mark = document.createElement('li');
    mark.className = 'drop-mark';
    mark.setAttribute('aria-hidden', 'true');
    let place = null;
    const look = () => {
      const [list, behind] = spot(y, row);
      place = [list, behind];
      if (behind) behind.after(mark); else list.prepend(mark);
    };
    // Near the edge of the window the page moves on, as long lists are longer than any window.
    const roll = () => {
      const by = y < EDGE ? y - EDGE : Math.max(0, y - innerHeight + EDGE);
      if (by) { scrollBy(0, by / 4); look(); }
      timer = requestAnimationFrame(roll);
    };
    const move = event => { y = event.clientY; look(); };
    const end = () => {
      cancelAnimationFrame(timer);
      for (const kind of ['pointermove', 'pointerup', 'pointercancel']) handle.removeEventListener(kind, steps[kind]);
      removeEventListener('keydown', steps.keydown);
      mark.remove();
      row.classList.remove('moved');
    };
    const drop = () => {
      end();
      if (!place) return;
      const [list, behind] = place;
      if (behind ? behind === row.previousElementSibling : list === home && !row.previousElementSibling) return;
      if (behind) behind.after(row); else list.prepend(row);
      send(row, list, behind, () => home.insertBefore(row, next));
    };
    const steps = {
      pointermove: move, pointerup: drop, pointercancel: end,
      keydown: event => { if (event.key === 'Escape') end(); },
    };
    for (const kind of ['pointermove', 'pointerup', 'pointercancel']) handle.addEventListener(kind, steps[kind]);
    addEventListener('keydown', steps.keydown);
    timer = requestAnimationFrame(roll);
  };

  const send = async (row, list, behind, undo) => {
    const form = row.closest('form');
    const id = element => element.id.replace(/^item-/, '');
    const section = id(list.closest('.outline-section'));
    const body = new URLSearchParams({
      csrf_token: form.elements.csrf_token.value,
      revision: form.elements.revision.value,
      place: behind ? `${section}:${id(behind)}` : section,
    });
    try {
      const answer = await fetch(row.dataset.move, {method: 'POST', body});
      if (!answer.ok) throw new Error(answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const main = fresh.getElementById('main');
      const now = main.querySelector(`#${CSS.escape(row.id)}`);
      for (const part of ['.outline', '#undo', '#to-do-box', '#ready-box']) {
        const [old, other] = [document.querySelector(part), main.querySelector(part)];
        if (old && other) old.replaceWith(other);
        else if (old) old.remove();
        else if (other) document.querySelector('.outline').before(other);
      }
      dress();
      const at = now.querySelector('.outline-number').textContent;
      const page = now.closest('.outline-section').querySelector('.eyebrow').textContent;
      said.textContent = words.dataset.moved.replace('#', at).replace('§', page);
    } catch {
      undo();
      said.textContent = words.dataset.failed;
      said.className = 'warning';
    }
  };

  const dress = () => {
    for (const row of document.querySelectorAll('.outline-questions > li')) grip(row, words.dataset.drag);
  };
  dress();
})();
