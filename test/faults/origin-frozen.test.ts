import { describeOriginFault } from "./describe-origin-fault.ts";

describeOriginFault({
  title: "SIGSTOP",
  begin: async (stack, origin) => stack.freeze(origin),
  end: async (stack, origin) => stack.thaw(origin),
  silencesHost: true,
});
