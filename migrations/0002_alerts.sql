CREATE TABLE `alert_messages` (
	`id` text PRIMARY KEY NOT NULL,
	`alert` text NOT NULL,
	`reason` text NOT NULL,
	`channel` text NOT NULL,
	`address` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_at` integer NOT NULL,
	`done_at` integer,
	`error` text,
	FOREIGN KEY (`alert`) REFERENCES `alerts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `alert_messages_due` ON `alert_messages` (`state`,`next_at`);--> statement-breakpoint
CREATE INDEX `alert_messages_done` ON `alert_messages` (`channel`,`done_at`);--> statement-breakpoint
CREATE INDEX `alert_messages_alert` ON `alert_messages` (`alert`);--> statement-breakpoint
CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`kind` text NOT NULL,
	`severity` text NOT NULL,
	`station` text,
	`origin` text,
	`what` text NOT NULL,
	`since` integer NOT NULL,
	`raised_at` integer NOT NULL,
	`ends_at` integer,
	`step` integer NOT NULL,
	`stepped_at` integer NOT NULL,
	`acknowledged_at` integer,
	`acknowledged_by` text,
	`resolved_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_open` ON `alerts` (`key`) WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX `alerts_raised` ON `alerts` (`raised_at`,`id`);--> statement-breakpoint
CREATE INDEX `alerts_station` ON `alerts` (`station`,`raised_at`,`id`);--> statement-breakpoint
CREATE TABLE `contacts` (
	`id` text PRIMARY KEY NOT NULL,
	`station` text,
	`name` text NOT NULL,
	`phone` text,
	`email` text,
	`position` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `contacts_order` ON `contacts` (`station`,`position`);--> statement-breakpoint
CREATE TABLE `cursors` (
	`name` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL
);
