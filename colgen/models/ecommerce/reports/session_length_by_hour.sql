-- Sessions by the hour (UTC) in which they start: their number, their length in seconds, the pages they see, and the share that buys.
SELECT
    hour(started_at) AS hour,
    count(*) AS sessions,
    round(count(*) / sum(count(*)) OVER (), 4) AS share,
    round(median(duration_seconds), 1) AS median_seconds,
    round(quantile_cont(duration_seconds, 0.9), 1) AS seconds_90th,
    round(avg(page_views), 2) AS page_views,
    round(avg(is_bounce::INTEGER), 4) AS bounces,
    round(avg(converted::INTEGER), 4) AS conversion
FROM raw_sessions
GROUP BY hour
ORDER BY hour
