ALTER TABLE `plans` ADD `trying_since` integer;--> statement-breakpoint
ALTER TABLE `plans` ADD `failure` text;