import { systemClock } from "../../../kit/clock.ts";
import { createLog } from "../../../kit/log.ts";
import { createControls } from "./controls.ts";
import { abilitiesOf, chooseEngine } from "./engine.ts";
import { hlsSupported, openHls } from "./hls-engine.ts";
import { listenToKeys } from "./keyboard.ts";
import { createMediaSession } from "./media-session.ts";
import { openNative } from "./native-engine.ts";
import { heardAt, withAnnounced } from "./now-playing.ts";
import { NowPoll } from "./now-poll.ts";
import { createNowView } from "./now-view.ts";
import { findPage, write } from "./page.ts";
import { Playback } from "./playback.ts";
import { createStreamAddress } from "./stream-address.ts";
import { exposeForSupport } from "./support.ts";
import { createVolume } from "./volume.ts";

const TICK_MS = 500;
const ENGINES = { native: openNative, hls: openHls };
/** A playlist tells of a new title at once, but the browser's own player keeps that to itself: then we ask oftener. */
const POLL_MS = { native: 4000, hls: 10_000 };

const page = findPage();
const { audio, station } = page;
const shared = { clock: systemClock, random: Math.random };
const choice = chooseEngine(abilitiesOf(audio, hlsSupported()));

if (page.beside !== null) createStreamAddress(page.beside);
if (choice === "none") {
  page.playButton.disabled = true;
  write(page.status, "This browser can't play the stream. Listen elsewhere with its address.");
} else {
  const address = `/${station.slug}/live.m3u8`;
  const openEngine = (onFailure: () => void) => ENGINES[choice](audio, address, onFailure);
  const playback = new Playback({ audio, openEngine, ...shared });
  const log = createLog({ write: console.warn });
  const poll = new NowPoll(`/${station.slug}/now.json`, { ...shared, usualMs: POLL_MS[choice], log });
  const showState = createControls(page, playback);
  const showHeard = createNowView(page);
  const showOnLockScreen = createMediaSession(station.name, playback);
  listenToKeys(playback, createVolume(page));
  exposeForSupport(playback);

  const tick = () => {
    playback.tick();
    const { state } = playback;
    if (state !== "paused" || !document.hidden) poll.tick();
    showState(state);
    if (poll.latest === null) return;
    const known = withAnnounced(poll.latest, playback.announced);
    const heard = heardAt(known, state === "paused" ? null : playback.playingDate);
    showHeard(heard);
    showOnLockScreen(heard.item);
  };
  const hurry = () => {
    playback.hurry();
    tick();
  };
  setInterval(tick, TICK_MS);
  for (const event of ["play", "playing", "pause", "waiting"]) audio.addEventListener(event, tick);
  page.playButton.addEventListener("click", tick);
  window.addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
  tick();
}
