/** Of an archive that is being made: what of it is on the disk, and where the rows go on. */
export const exportProgress = `
alter table exports add column made jsonb;
`
