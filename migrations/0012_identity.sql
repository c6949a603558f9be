-- 会话 as their owner sees them: from which network and with which browser they began.
alter table sessions add column network text not null default '';
alter table sessions add column browser text not null default '';
