CREATE TABLE `upgrade_steps` (
	`upgrade` text NOT NULL,
	`origin` text NOT NULL,
	`position` integer NOT NULL,
	`phase` text NOT NULL,
	`phase_since` integer NOT NULL,
	`from_version` text NOT NULL,
	`from_image` text,
	`to_version` text,
	`to_image` text,
	`replaced_at` integer,
	`due_at` integer NOT NULL,
	`reason` text,
	PRIMARY KEY(`upgrade`, `origin`),
	FOREIGN KEY (`upgrade`) REFERENCES `upgrades`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `upgrades` (
	`id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`state_since` integer NOT NULL,
	`reason` text,
	`settle_ms` integer NOT NULL,
	`rollback_of` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	`open` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `upgrades_open` ON `upgrades` (`open`);--> statement-breakpoint
CREATE INDEX `upgrades_created` ON `upgrades` (`created_at`,`id`);--> statement-breakpoint
ALTER TABLE `origins` ADD `wire` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `origins` ADD `image` text;