// Notes each frame of the other side, each click and each state, on the clock all pages share.
(() => {
  const seen = (window.__seen = { frames: [], loaded: [], clicks: [], states: [] });
  const now = () => performance.timeOrigin + performance.now();
  const watched = new WeakSet();
  const watch = (video) => {
    if (watched.has(video)) return;
    watched.add(video);
    video.addEventListener("loadedmetadata", () => seen.loaded.push(now()));
    const again = () => video.requestVideoFrameCallback(() => { seen.frames.push(now()); again(); });
    again();
  };
  const last = {};
  const look = () => {
    document.querySelectorAll("video[data-remote]").forEach(watch);
    for (const name of ["call", "signaling"]) {
      const value = document.documentElement?.dataset[name];
      if (value && value !== last[name]) seen.states.push({ name, value: (last[name] = value), at: now() });
    }
  };
  const kept = { childList: true, subtree: true, attributeFilter: ["data-call", "data-signaling"] };
  new MutationObserver(look).observe(document, kept);
  document.addEventListener("click", ({ target }) => {
    const action = target.closest("[data-action]")?.dataset.action;
    if (action) seen.clicks.push({ action, at: now() });
  }, true);
})();
