CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`media` text NOT NULL,
	`station` text NOT NULL,
	`attempt` integer NOT NULL,
	`state` text NOT NULL,
	`origin` text,
	`held_until` integer,
	`phase` text,
	`share` real NOT NULL,
	`multipart` text,
	`prepared_sha256` text,
	`reason` text,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	FOREIGN KEY (`media`) REFERENCES `media`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_open` ON `jobs` (`media`) WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX `jobs_state` ON `jobs` (`state`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_station` ON `jobs` (`station`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_media` ON `jobs` (`media`,`created_at`);--> statement-breakpoint
CREATE INDEX `jobs_finished` ON `jobs` (`finished_at`);--> statement-breakpoint
CREATE TABLE `libraries` (
	`station` text PRIMARY KEY NOT NULL,
	`approval` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `media` (
	`id` text PRIMARY KEY NOT NULL,
	`station` text NOT NULL,
	`state` text NOT NULL,
	`kind` text NOT NULL,
	`file_name` text NOT NULL,
	`content_type` text NOT NULL,
	`bytes` integer NOT NULL,
	`sha256` text NOT NULL,
	`title` text NOT NULL,
	`artist` text NOT NULL,
	`album` text NOT NULL,
	`isrc` text NOT NULL,
	`year` integer,
	`tags` text NOT NULL,
	`search_text` text NOT NULL,
	`preparation` text,
	`prepared_sha256` text,
	`cover_sha256` text,
	`peaks` text,
	`reviewed_by` text,
	`reviewed_at` integer,
	`reason` text,
	`distribution` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`revision` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `media_created` ON `media` (`station`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `media_state` ON `media` (`station`,`state`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `media_sha256` ON `media` (`station`,`sha256`);--> statement-breakpoint
CREATE INDEX `media_prepared` ON `media` (`station`,`prepared_sha256`);--> statement-breakpoint
CREATE INDEX `media_cover` ON `media` (`station`,`cover_sha256`);--> statement-breakpoint
CREATE INDEX `media_deleted` ON `media` (`deleted_at`);--> statement-breakpoint
CREATE INDEX `media_updated` ON `media` (`distribution`,`updated_at`);--> statement-breakpoint
CREATE INDEX `media_changed` ON `media` (`station`,`updated_at`);--> statement-breakpoint
CREATE TABLE `parts` (
	`owner` text NOT NULL,
	`number` integer NOT NULL,
	`etag` text NOT NULL,
	`bytes` integer NOT NULL,
	`received_at` integer NOT NULL,
	PRIMARY KEY(`owner`, `number`)
);
--> statement-breakpoint
CREATE TABLE `plans` (
	`station` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`revision` integer NOT NULL,
	`seen` integer NOT NULL,
	`sha256` text,
	`etag` text,
	`built_at` integer,
	`published_at` integer,
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `playlist_entries` (
	`playlist` text NOT NULL,
	`position` integer NOT NULL,
	`media` text NOT NULL,
	`weight` real NOT NULL,
	PRIMARY KEY(`playlist`, `position`),
	FOREIGN KEY (`playlist`) REFERENCES `playlists`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `playlist_entries_media` ON `playlist_entries` (`media`);--> statement-breakpoint
CREATE TABLE `playlists` (
	`id` text PRIMARY KEY NOT NULL,
	`station` text NOT NULL,
	`name` text NOT NULL,
	`order` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `playlists_station` ON `playlists` (`station`,`name`,`id`);--> statement-breakpoint
CREATE TABLE `plays` (
	`station` text NOT NULL,
	`frame` integer NOT NULL,
	`frames` integer,
	`source` text NOT NULL,
	`title` text NOT NULL,
	`artist` text NOT NULL,
	`album` text NOT NULL,
	`isrc` text NOT NULL,
	`host` text,
	`media` text,
	PRIMARY KEY(`station`, `frame`),
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `plays_frame` ON `plays` (`frame`);--> statement-breakpoint
CREATE TABLE `relays` (
	`id` text PRIMARY KEY NOT NULL,
	`station` text NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`is_on_air` integer NOT NULL,
	`is_trial` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `relays_station` ON `relays` (`station`,`name`,`id`);--> statement-breakpoint
CREATE TABLE `rotations` (
	`station` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `schedule_entries` (
	`id` text PRIMARY KEY NOT NULL,
	`station` text NOT NULL,
	`title` text NOT NULL,
	`host` text NOT NULL,
	`content` text NOT NULL,
	`from` text NOT NULL,
	`duration_minutes` integer NOT NULL,
	`rule` text,
	`except` text NOT NULL,
	`start` text NOT NULL,
	`priority` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `schedule_entries_station` ON `schedule_entries` (`station`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `uploads` (
	`id` text PRIMARY KEY NOT NULL,
	`station` text NOT NULL,
	`file_name` text NOT NULL,
	`content_type` text NOT NULL,
	`bytes` integer NOT NULL,
	`kind` text NOT NULL,
	`multipart` text,
	`phase` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`touched_at` integer NOT NULL,
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `uploads_station` ON `uploads` (`station`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `uploads_touched` ON `uploads` (`touched_at`);