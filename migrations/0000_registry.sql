CREATE TABLE `incidents` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`station` text,
	`origin` text,
	`actor` text NOT NULL,
	`message` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `incidents_at` ON `incidents` (`at`,`id`);--> statement-breakpoint
CREATE INDEX `incidents_station` ON `incidents` (`station`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `incidents_origin` ON `incidents` (`origin`,`at`,`id`);--> statement-breakpoint
CREATE TABLE `origins` (
	`id` text PRIMARY KEY NOT NULL,
	`instance` text NOT NULL,
	`url` text NOT NULL,
	`rtmp_url` text NOT NULL,
	`roles` text NOT NULL,
	`version` text NOT NULL,
	`state` text NOT NULL,
	`weight` real NOT NULL,
	`token_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`registered_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `publications` (
	`id` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`sha256` text,
	`etag` text,
	`published_at` integer
);
--> statement-breakpoint
CREATE TABLE `renditions` (
	`station` text NOT NULL,
	`name` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`station`, `name`),
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `slicers` (
	`station` text NOT NULL,
	`origin` text NOT NULL,
	`since` integer NOT NULL,
	PRIMARY KEY(`station`, `origin`),
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`origin`) REFERENCES `origins`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `stations` (
	`slug` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`frames_per_segment` integer NOT NULL,
	`live_policy` text NOT NULL,
	`live_allowed` integer NOT NULL,
	`feed_secret` text NOT NULL,
	`studio` text,
	`studio_instance` text,
	`generation` integer DEFAULT 0 NOT NULL,
	`generation_floor` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE TABLE `stream_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`station` text NOT NULL,
	`name` text NOT NULL,
	`sha256` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `stream_keys_station` ON `stream_keys` (`station`);--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`sha256` text NOT NULL,
	`origin` text,
	`created_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tokens_sha256` ON `tokens` (`sha256`);