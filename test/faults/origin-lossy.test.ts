import { describeOriginFault } from "./describe-origin-fault.ts";

describeOriginFault({
  title: "the loss of 30 % of all packets",
  begin: (stack, origin) => stack.network.lose(origin, 0.3),
  end: (stack, origin) => stack.network.heal(origin),
  silencesHost: false,
});
