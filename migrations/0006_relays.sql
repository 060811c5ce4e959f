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
CREATE INDEX `relays_station` ON `relays` (`station`,`name`,`id`);