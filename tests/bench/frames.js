// Notes, on the clock both pages share, each frame of the other side and each click.
(() => {
  const seen = (window.__seen = { frames: [], clicks: [] });
  const now = () => performance.timeOrigin + performance.now();
  const watched = new WeakSet();
  const watch = (video) => {
    if (watched.has(video)) return;
    watched.add(video);
    const again = () => video.requestVideoFrameCallback(() => { seen.frames.push(now()); again(); });
    again();
  };
  const look = () => document.querySelectorAll("video[data-remote]").forEach(watch);
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  document.addEventListener("click", ({ target }) => {
    const action = target.closest("[data-action]")?.dataset.action;
    if (action) seen.clicks.push({ action, at: now() });
  }, true);
})();
