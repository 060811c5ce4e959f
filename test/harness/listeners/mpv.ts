import { type Child, type Line, startChild } from "../child.ts";
import type { Heard, Listener } from "./listener.ts";
import { describeJump, ProgressWatch } from "./progress.ts";

/** mpv prints this some ten times a second: the position in the sound, and whether it waits for the network. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are mpv's own.
const STATUS = "--term-status-msg=POSITION ${=audio-pts} ${paused-for-cache}";
const STATUS_LINE = /POSITION (-?[\d.]+) (yes|no)/;
const COMPLAINT = /^\[[^\]]+\] .*(?:underrun|[Ee]nter buffering)|^Audio device underrun|\b(?:error|failed|invalid)\b/i;

/** mpv as a listener; its sound goes to a device that takes it in real time. */
export async function listenWithMpv(url: string): Promise<Listener> {
  const progress = new ProgressWatch();
  const problems: string[] = [];
  const onLine = ({ at, text }: Line) => {
    const position = STATUS_LINE.exec(text)?.[1];
    if (position !== undefined) progress.at(at, Number(position));
    else if (COMPLAINT.test(text)) problems.push(text);
  };
  const options = [
    "--no-config",
    "--no-video",
    "--ao=null",
    "--msg-level=all=warn,cplayer=v,ao=v,statusline=status",
    STATUS,
  ];
  const child: Child = await startChild("mpv", [...options, url], { onLine });
  let end: string | null = null;
  child.ended.then((how) => {
    end = how;
  });
  let final: Heard | null = null;
  const heard = (): Heard =>
    final ?? {
      player: "mpv",
      since: progress.began,
      seconds: progress.advanced,
      stalls: progress.stallsUntil(Date.now()),
      problems: [
        ...problems,
        ...progress.jumps.map(describeJump),
        ...(end === null ? [] : [`ended by itself: ${end}`]),
      ],
    };
  return {
    heard,
    stop: async () => {
      final = heard();
      await child.stop();
      return final;
    },
  };
}
