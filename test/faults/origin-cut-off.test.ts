import { describeOriginFault } from "./describe-origin-fault.ts";

describeOriginFault({
  title: "the loss of the network",
  begin: (stack, origin) => stack.network.cut(origin),
  end: (stack, origin) => stack.network.heal(origin),
  silencesHost: true,
});
