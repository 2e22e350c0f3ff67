import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { type CircuitBreaker, createCircuitBreaker, type Pass } from './circuit-breaker.ts';

describe('the circuit breaker', () => {
  let nowMs: number;
  let breaker: CircuitBreaker;
  beforeEach(() => {
    nowMs = 1_000;
    breaker = createCircuitBreaker({ failures: 3, openMs: 100, now: () => nowMs });
  });

  function enter(): Pass {
    const pass = breaker.enter();
    assert.ok(pass, 'the circuit is open');
    return pass;
  }

  function fail(times: number): void {
    for (let time = 0; time < times; time++) enter().failed();
  }

  it('opens after so many failures in a row, and no earlier', () => {
    fail(2);
    enter().succeeded();
    fail(2);
    enter().failed();
    assert.equal(breaker.enter(), undefined);
  });

  it('lets one try when the time has passed, and closes when that goes well', () => {
    fail(3);
    nowMs += 99;
    assert.equal(breaker.enter(), undefined);
    nowMs += 1;
    const trial = enter();
    assert.equal(breaker.enter(), undefined, 'only one tries');
    trial.succeeded();
    fail(2);
    enter().succeeded();
  });

  it('stays open as long again when the trial fails', () => {
    fail(3);
    nowMs += 100;
    enter().failed();
    nowMs += 99;
    assert.equal(breaker.enter(), undefined);
    nowMs += 1;
    enter().succeeded();
    enter().succeeded();
  });

  it('gives the trial to the next when it was called off', () => {
    fail(3);
    nowMs += 100;
    enter().released();
    enter().succeeded();
  });

  it('hears no more of those who entered before it opened', () => {
    const early = [enter(), enter()];
    fail(3);
    early[0]?.succeeded();
    assert.equal(breaker.enter(), undefined);
    nowMs += 90;
    early[1]?.failed();
    nowMs += 10;
    enter().succeeded();
  });
});
