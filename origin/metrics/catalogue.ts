import { metric } from "../../kit/metrics/metric.ts";

/** All that a node tells of itself. Labels are stations, renditions, relays and words of the code: their number is bounded. */
export const ORIGIN_METRICS = {
  build: metric("info", "radiodream_build", "What runs here.", ["part", "version", "runtime"]),

  frames: metric("counter", "radiodream_programme_frames", "Frames of the programme heard here.", [
    "station",
    "rendition",
  ]),
  silence: metric(
    "gauge",
    "radiodream_programme_silence_seconds",
    "Time since a frame of the programme was heard here.",
    ["station"],
  ),
  lateness: metric(
    "gauge",
    "radiodream_programme_lateness_seconds",
    "How far the frame to be mixed next is behind the clock, where this is the studio.",
    ["station"],
  ),
  source: metric(
    "gauge",
    "radiodream_programme_source",
    "1 for the source that is on air, 0 for the others, where this is the studio.",
    ["station", "source"],
  ),
  generation: metric("gauge", "radiodream_programme_generation", "Generation of the station's studio.", ["station"]),
  isStudio: metric("gauge", "radiodream_programme_studio", "1 where the programme is made here.", ["station"]),
  encoderLag: metric("gauge", "radiodream_encoder_lag_seconds", "What is mixed and not yet encoded.", [
    "station",
    "rendition",
  ]),
  encoderRestarts: metric("counter", "radiodream_encoder_restarts", "Encoders that were started again.", [
    "station",
    "rendition",
  ]),
  liveHosts: metric("gauge", "radiodream_live_hosts", "1 while a host's audio arrives here.", ["station"]),
  liveBuffer: metric("gauge", "radiodream_live_buffer_seconds", "What is buffered of the newest host.", ["station"]),
  relayState: metric("gauge", "radiodream_relay_state", "1 for the state that a relay is in, 0 for the others.", [
    "station",
    "relay",
    "state",
  ]),
  relayUptime: metric("gauge", "radiodream_relay_uptime_ratio", "How much of the last hour a relay could be heard.", [
    "station",
    "relay",
  ]),
  relaySilence: metric("gauge", "radiodream_relay_silence_ratio", "How much of a relay's last hour was silent.", [
    "station",
    "relay",
  ]),

  segmentsSliced: metric("counter", "radiodream_segments_sliced", "Segments that were cut.", ["station", "rendition"]),
  segmentsLost: metric("counter", "radiodream_segments_lost", "Segments not cut, for frames of them were missing.", [
    "station",
    "rendition",
  ]),
  segmentsUploaded: metric("counter", "radiodream_segments_uploaded", "Segments that the edge has taken.", ["station"]),
  segmentsDropped: metric("counter", "radiodream_segments_dropped", "Segments given up before they were uploaded.", [
    "station",
  ]),
  segmentsRefused: metric("counter", "radiodream_segments_refused", "Segments that the edge would not take.", [
    "station",
  ]),
  segmentAge: metric(
    "gauge",
    "radiodream_segment_age_seconds",
    "Time since the end of the newest segment that was sliced, or published in the index.",
    ["station", "stage"],
  ),
  uploadQueue: metric("gauge", "radiodream_upload_queue_segments", "Segment numbers that wait for upload.", [
    "station",
  ]),
  uploadSeconds: metric("histogram", "radiodream_upload_duration_seconds", "Time until the edge answers an upload.", [
    "station",
    "what",
  ]),
  uploadFailures: metric("counter", "radiodream_upload_failures", "Attempts at an upload that failed.", [
    "station",
    "kind",
  ]),

  planVersion: metric("gauge", "radiodream_plan_version", "Version of the plan that the station goes by.", ["station"]),
  planPublished: metric(
    "gauge",
    "radiodream_plan_published_timestamp_seconds",
    "When control published the plan that the station goes by.",
    ["station"],
  ),
  cacheFiles: metric("gauge", "radiodream_prepared_cache_files", "Prepared files on this node."),
  cacheBytes: metric("gauge", "radiodream_prepared_cache_bytes", "Room that prepared files take."),
  cacheLimit: metric("gauge", "radiodream_prepared_cache_limit_bytes", "Room that prepared files may take."),
  jobsRunning: metric("gauge", "radiodream_jobs_running", "Files that are being prepared here."),
  jobs: metric("counter", "radiodream_jobs", "Preparations that ended here.", ["outcome"]),

  rung: metric("gauge", "radiodream_ladder_rung", "1 for the rung on which the node stands, 0 for the others.", [
    "rung",
  ]),
  serving: metric("gauge", "radiodream_serving", "1 unless the node has given up on itself."),
  incidents: metric("counter", "radiodream_incidents", "Incidents here.", ["kind"]),
  controlSilence: metric("gauge", "radiodream_control_silence_seconds", "Time since control last answered."),
  clockOffset: metric("gauge", "radiodream_clock_offset_seconds", "How far the clock is ahead of control's."),
  memoryUsed: metric("gauge", "radiodream_memory_used_bytes", "Anonymous memory of the node and its ffmpegs."),
  memoryLimit: metric("gauge", "radiodream_memory_limit_bytes", "Memory that the node may use."),
  diskFree: metric("gauge", "radiodream_disk_free_bytes", "Room left where the data folder lies."),
  eventLoop: metric("histogram", "radiodream_event_loop_delay_seconds", "How late timers come."),

  cpu: metric("counter", "process_cpu_seconds", "Processor time of the node process, its ffmpegs not included."),
  resident: metric("gauge", "process_resident_memory_bytes", "Resident memory of the node process."),
  heap: metric("gauge", "nodejs_heap_size_used_bytes", "What V8 holds on its heap."),
  external: metric("gauge", "nodejs_external_memory_bytes", "What Buffers hold outside of V8's heap."),
  started: metric("gauge", "process_start_time_seconds", "When the process began."),
  descriptors: metric("gauge", "process_open_fds", "Open file descriptors."),
  descriptorsLimit: metric("gauge", "process_max_fds", "File descriptors that the process may have."),
} as const;
