ALTER TABLE `stations` ADD `delivery` text DEFAULT 'edge' NOT NULL;--> statement-breakpoint
ALTER TABLE `stations` ADD `listed_until` integer;