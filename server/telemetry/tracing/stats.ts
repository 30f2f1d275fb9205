/** What became of finished spans; read by the metrics at scrape time. */
export interface ExportStats {
  /** Spans the back end took. */
  exported: number;
  /** Spans lost: their export failed, or a buffer was full. */
  dropped: number;
  /** Batches the back end did not take. */
  failures: number;
}

export const newExportStats = (): ExportStats => ({ exported: 0, dropped: 0, failures: 0 });
