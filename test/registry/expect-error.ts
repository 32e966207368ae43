/** Runs a function that must refuse. */
import { expect } from 'chai';
import { type ErrorCode, isPatchError, type PatchError } from '../../src/errors.ts';

export function refusal(run: () => unknown, code: ErrorCode): PatchError {
  try {
    run();
  } catch (error) {
    if (!isPatchError(error)) throw error;
    expect(error.code, error.message).to.equal(code);
    return error;
  }
  throw new Error(`expected ${code}`);
}

const refusals = new Set<ErrorCode>(['E_FORMAT', 'E_LIMIT', 'E_NAME']);

/** True when it went well, false when it refused properly; anything else is thrown on. */
export function survives(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (isPatchError(error) && refusals.has(error.code)) return false;
    throw error;
  }
}
