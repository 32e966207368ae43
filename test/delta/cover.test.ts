import { cover } from '../../src/delta/cover/cover.ts';
import { deltaCodecContract } from '../contract/delta-codec.ts';

for (const level of ['fast', 'default', 'max'] as const) {
  deltaCodecContract(`cover({ level: '${level}' })`, () => cover({ level }), 16 << 20, level !== 'max');
}
