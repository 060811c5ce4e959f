CREATE TABLE `eviction_steps` (
	`origin` text NOT NULL,
	`evicted_at` integer NOT NULL,
	`position` integer NOT NULL,
	`step` text NOT NULL,
	`attempts` integer NOT NULL,
	`due_at` integer NOT NULL,
	`ended_at` integer,
	`outcome` text,
	PRIMARY KEY(`origin`, `evicted_at`, `step`),
	FOREIGN KEY (`origin`) REFERENCES `origins`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `eviction_steps_open` ON `eviction_steps` (`ended_at`);--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `origins` ADD `state_since` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `origins` ADD `active_since` integer;--> statement-breakpoint
ALTER TABLE `origins` ADD `evictions` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `origins` ADD `evicted_at` integer;--> statement-breakpoint
ALTER TABLE `origins` ADD `tries` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `origins` ADD `held` integer DEFAULT false NOT NULL;