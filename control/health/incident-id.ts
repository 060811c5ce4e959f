/** UUIDs of version 7 (RFC 9562, 5.7 and 6.2, method 1): those made within one ms ascend in the order of their making. */
export function createIncidentIds(): (now: number) => string {
  let last = -1;
  let counter = 0;
  return (now) => {
    counter = now === last ? (counter + 1) % 4096 : 0;
    last = now;
    const time = now.toString(16).padStart(12, "0");
    const random = crypto.randomUUID().slice(19);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}-${random}`;
  };
}
