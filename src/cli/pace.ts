/** How fast work goes on, and how long it will take: pure, from what was done when. */

export interface Pace {
  /** Tells how much is done at an instant, in milliseconds; neither ever goes back. */
  update(done: number, now: number): void;
  /** Amount a second over the last seconds; null while nothing can be said. */
  rate(now: number): number | null;
  /** Seconds until `total` is done; null while nothing can be said. Changes slowly, whatever the work does. */
  remaining(total: number, now: number): number | null;
}

/** What is older than this counts for about a third, in milliseconds: for the rate, and for the time that is left. */
const recent = 3000;
const steady = 15_000;
/** How fast the time that is shown follows the one that is reckoned. */
const following = 4000;
/** Before that there is no telling. */
const earliest = { rate: 500, remaining: 1500, share: 0.02 };

export function createPace(start: number): Pace {
  const fast = decayingRate(recent, start);
  const slow = decayingRate(steady, start);
  let last = 0;
  let shown: { seconds: number; at: number } | null = null;
  return {
    update(done, now) {
      const more = Math.max(0, done - last);
      last += more;
      fast.add(more, now);
      slow.add(more, now);
    },
    rate: (now) => (now - start < earliest.rate ? null : fast.rate(now)),
    remaining(total, now) {
      const rate = slow.rate(now);
      if (now - start < earliest.remaining || rate === 0 || last < total * earliest.share) return null;
      const reckoned = Math.max(0, total - last) / rate;
      if (!shown) shown = { seconds: reckoned, at: now };
      const passed = now - shown.at;
      const expected = Math.max(0, shown.seconds - passed / 1000);
      const share = 1 - Math.exp(-passed / following);
      shown = { seconds: last >= total ? 0 : expected + (reckoned - expected) * share, at: now };
      return shown.seconds;
    },
  };
}

interface DecayingRate {
  add(amount: number, now: number): void;
  rate(now: number): number;
}

/**
 * Amount and time both fade, so that early on it is the mean, and later what happened lately. An amount was done evenly
 * in the time since the one before.
 */
function decayingRate(span: number, start: number): DecayingRate {
  let [amount, time, at] = [0, 0, start];
  return {
    add(more, now) {
      const passed = Math.max(0, now - at);
      const left = Math.exp(-passed / span);
      amount = amount * left + (passed === 0 ? more : (more * span * (1 - left)) / passed);
      time = time * left + span * (1 - left);
      at = Math.max(at, now);
    },
    rate(now) {
      const left = Math.exp(-Math.max(0, now - at) / span);
      const seconds = (time * left + span * (1 - left)) / 1000;
      return seconds === 0 ? 0 : (amount * left) / seconds;
    },
  };
}
