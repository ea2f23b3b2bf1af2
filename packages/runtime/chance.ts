/**
 * Chance is passed in, as time is (law L10): a number from
 * 0 to below 1. For spreading load, never for secrets.
 */
export type Chance = () => number

export const systemChance: Chance = Math.random
