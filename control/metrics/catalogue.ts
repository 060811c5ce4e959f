import { metric } from "../../kit/metrics/metric.ts";

/** All that control tells of the fleet and of itself. Labels are origins, stations and words of the code: their number is bounded. */
export const CONTROL_METRICS = {
  build: metric("info", "radiodream_build", "What runs here.", ["part", "version", "runtime"]),
  monitorUp: metric("gauge", "radiodream_monitor_up", "1 when the monitor of the fleet answers."),
  databaseUp: metric("gauge", "radiodream_database_up", "1 when D1 answers."),
  sweepAge: metric(
    "gauge",
    "radiodream_sound_sweep_age_seconds",
    "Time since a sweep of the fleet in which nothing failed.",
  ),
  cronAge: metric("gauge", "radiodream_cron_age_seconds", "Time since the minute's cron."),
  failing: metric("gauge", "radiodream_control_failing_parts", "Parts of control's own work that fail now."),

  heartbeatAge: metric("gauge", "radiodream_origin_heartbeat_age_seconds", "Time since an origin was heard of.", [
    "origin",
  ]),
  state: metric("gauge", "radiodream_origin_state", "1 for the state that an origin is in, 0 for the others.", [
    "origin",
    "state",
  ]),
  weight: metric("gauge", "radiodream_origin_weight", "How much of the listeners an origin is to serve.", ["origin"]),
  clockOffset: metric("gauge", "radiodream_origin_clock_offset_seconds", "How far an origin's clock is ahead.", [
    "origin",
  ]),
  diverging: metric(
    "gauge",
    "radiodream_origin_diverging_segments",
    "Of an origin's newest segments: those unlike what most peers hold (odd), and unlike its one peer's (disputed).",
    ["origin", "verdict"],
  ),
  deadAir: metric(
    "gauge",
    "radiodream_origin_dead_air_segments",
    "Newest silent segments that a peer has with sound.",
    ["origin"],
  ),
  segmentLateness: metric(
    "gauge",
    "radiodream_origin_segment_lateness_seconds",
    "Time since an origin's next segment was due; negative while it is not.",
    ["origin"],
  ),
  generation: metric("gauge", "radiodream_station_generation", "Generation of a station's studio.", ["station"]),
  studio: metric("gauge", "radiodream_station_studio", "1 for the origin that is a station's studio.", [
    "station",
    "origin",
  ]),
  source: metric("gauge", "radiodream_station_source", "1 for the source that is on air by the studio's word.", [
    "station",
    "source",
  ]),
  slicers: metric("gauge", "radiodream_station_slicers", "Living origins that make segments of a station.", [
    "station",
  ]),

  alerts: metric("gauge", "radiodream_alerts_open", "Alerts that are open.", ["kind", "severity"]),
  unacknowledged: metric("gauge", "radiodream_alerts_unacknowledged", "Open alerts that nobody has taken on.", [
    "severity",
  ]),
  messages: metric("gauge", "radiodream_alert_messages_pending", "Messages to people that wait to be sent."),
  incidents: metric(
    "gauge",
    "radiodream_incidents_last_hour",
    "Incidents of the last hour; the commonest fifty kinds.",
    ["kind"],
  ),
  jobs: metric("gauge", "radiodream_jobs_open", "Preparations that wait or are under way.", ["state"]),
  jobAge: metric(
    "gauge",
    "radiodream_job_oldest_waiting_seconds",
    "How long the oldest preparation has waited; 0: none does.",
  ),
  planAge: metric("gauge", "radiodream_plan_age_seconds", "Time since a station's plan was built and stood in R2.", [
    "station",
  ]),
  planTrying: metric(
    "gauge",
    "radiodream_plan_trying_seconds",
    "How long a plan has been tried to publish, in vain; 0: it stands.",
    ["station"],
  ),
  routingVersion: metric("gauge", "radiodream_routing_version", "Version of the routing that was published last."),
  routingPublished: metric(
    "gauge",
    "radiodream_routing_published_timestamp_seconds",
    "When the routing was published last.",
  ),
} as const;
