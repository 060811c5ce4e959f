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
CREATE INDEX `media_changed` ON `media` (`station`,`updated_at`);