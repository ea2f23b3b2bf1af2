/**
 * Each call leaves a dead version of its row, in the heap and in each index. With the defaults a
 * table of ten million calls is not vacuumed before two million of them are dead. A vacuum reads
 * the indexes whole, so not more often than each few hundred thousand calls either.
 *
 * The other two only grow: a vacuum freezes what is new, so that no vacuum must freeze all of it.
 * What is small and changes all the time is vacuumed when a page of it or two is dead.
 */
export const vacuum = `
alter table executions set (
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 50000,
  autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
alter table events set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
alter table execution_output set (autovacuum_vacuum_insert_scale_factor = 0.05);
alter table agents set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_threshold = 200);
alter table api_keys set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_threshold = 200);
alter table followers set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
`
